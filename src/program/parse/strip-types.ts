/** Replaces [start, end) by spaces, so that every later position stays what it was. */
function blank(text: string, start: number, end: number): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

const OPEN = '([{<';
const CLOSE = ')]}>';

/** First offset from `start` outside any bracket at which one of `stops` stands; the arrow of `=>` is no bracket. */
function outside(text: string, start: number, stops: string): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i] ?? '';
    if (depth === 0 && stops.includes(char)) return i;
    if (OPEN.includes(char)) depth++;
    else if (CLOSE.includes(char) && !(char === '>' && text[i - 1] === '=')) depth--;
    if (depth < 0) return -1;
  }
  return -1;
}

/** Blanks `: Type` from a colon up to the next stop outside brackets. */
function blankType(text: string, masked: string, colon: number, stops: string): string {
  const end = outside(masked, colon + 1, stops);
  return end < 0 ? text : blank(text, colon, end);
}

/** The end of a return type: the brace of the body, which a brace of an object type is followed by. */
function bodyStart(masked: string, colon: number): number {
  const first = masked.slice(colon + 1).search(/\S/);
  const from = colon + 1 + Math.max(first, 0);
  if (masked[from] !== '{') return masked.indexOf('{', from);
  const close = outside(masked, from + 1, '}');
  return close < 0 ? -1 : masked.indexOf('{', close + 1);
}

function stripSignature(text: string, masked: string): string {
  const head = /\bfunction\s+[A-Za-z_$][\w$]*\s*\(/.exec(masked);
  if (head === null) return text;
  const open = head.index + head[0].length - 1;
  const close = outside(masked, open + 1, ')');
  if (close < 0) return text;
  let stripped = text;
  for (let i = open + 1; i < close; ) {
    const colon = outside(masked, i, ':,)');
    if (colon < 0 || colon >= close) break;
    if (masked[colon] === ':') stripped = blankType(stripped, masked, colon, ',)');
    const comma = outside(masked, colon, ',)');
    if (comma < 0 || comma >= close) break;
    i = comma + 1;
  }
  const after = close + 1 + Math.max(masked.slice(close + 1).search(/\S/), 0);
  if (masked[after] !== ':') return stripped;
  const body = bodyStart(masked, after);
  return body < 0 ? stripped : blank(stripped, after, body);
}

/** Nowhere can one character be read in two ways, so that long runs of spaces in hostile text take linear time. */
const SUFFIXES = /\}((?:\s*as\s+const)?(?:\s*satisfies\s+[\w$<>,]+(?: [\w$<>,]+)*)?)\s*(?:;|\n|$)/g;

function stripConstants(text: string, masked: string): string {
  let stripped = text;
  const annotated = /\bconst\s+constants\s*(:)/.exec(masked);
  if (annotated !== null) {
    const colon = annotated.index + annotated[0].length - 1;
    stripped = blankType(stripped, masked, colon, '=');
  }
  for (const match of masked.matchAll(SUFFIXES)) {
    const start = match.index + 1;
    stripped = blank(stripped, start, start + (match[1]?.length ?? 0));
  }
  return stripped;
}

/**
 * Drops TypeScript's annotations from the signature of the first function and from the constants, in place of which
 * spaces stand. Annotations anywhere else stay and are a syntax error. `masked` is the text without comments and strings.
 */
export function stripTypes(text: string, masked: string): string {
  return stripConstants(stripSignature(text, masked), masked);
}
