/** Comments and texts, in which nothing is a type. */
const MASKED = /\/\*[^]*?\*\/|\/\/[^\n]*|'[^'\n]*'|"[^"\n]*"|`[^`]*`/g;
const OPEN = '([{<';
const CLOSE = ')]}>';
/** A text is not searched beyond this. */
const LONGEST = 1 << 16;

/**
 * Blanks what TypeScript has beyond JavaScript, wherever it stands: imports, interfaces and type aliases, annotations of parameters,
 * results and variables, `as`, `satisfies`, type parameters and `!`. Every place stays where it was. What is no TypeScript comes out as
 * it is, or is refused by the parser as before.
 */
export function plainJavaScript(source: string): string {
  if (source.length > LONGEST) return source;
  const text = new Blanks(source);
  for (const strip of [declarations, assertions, signatures, variables]) strip(text);
  return text.toString();
}

/** A text of which parts are blanked; `masked` is the same without comments and texts. */
class Blanks {
  masked: string;
  #text: string;

  constructor(text: string) {
    this.#text = text;
    this.masked = text.replaceAll(MASKED, blanked);
  }

  blank(start: number, end: number): void {
    this.#text = this.#text.slice(0, start) + blanked(this.#text.slice(start, end)) + this.#text.slice(end);
    this.masked = this.masked.slice(0, start) + blanked(this.masked.slice(start, end)) + this.masked.slice(end);
  }

  toString(): string {
    return this.#text;
  }
}

function blanked(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}

/** First offset from `start` outside brackets at which one of `stops` stands; -1 where there is none. The arrow is no bracket. */
function outside(text: string, start: number, stops: string): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i] as string;
    if (depth === 0 && stops.includes(char)) return i;
    if (OPEN.includes(char)) depth++;
    else if (CLOSE.includes(char) && !(char === '>' && text[i - 1] === '=')) depth--;
    if (depth < 0) return -1;
  }
  return -1;
}

function declarations(text: Blanks): void {
  for (const { index, 0: all } of text.masked.matchAll(/^[ \t]*import\b[^;\n]*;?/gm))
    text.blank(index, index + all.length);
  for (const { index, 0: all } of text.masked.matchAll(/^[ \t]*(?:export\s+)?(?:declare\s+)?interface\b[^{}]*\{/gm)) {
    const end = outside(text.masked, index + all.length, '}');
    if (end >= 0) text.blank(index, end + 1);
  }
  for (const { index, 0: all } of text.masked.matchAll(/^[ \t]*(?:export\s+)?(?:declare\s+)?type\s+[\w$<>, ]+=/gm)) {
    const end = outside(text.masked, index + all.length, ';');
    const line = text.masked.indexOf('\n', index);
    text.blank(index, end >= 0 ? end + 1 : line >= 0 ? line : text.masked.length);
  }
}

/** The end of a type: names, dots, brackets, and what `|` and `&` join. */
function typeEnd(masked: string, start: number): number {
  let at = start;
  for (;;) {
    at += /^\s*(?:readonly\s+|typeof\s+|keyof\s+)*/.exec(masked.slice(at))?.[0].length ?? 0;
    const name = /^[A-Za-z_$][\w$.]*/.exec(masked.slice(at))?.[0] ?? '';
    at += name.length;
    if (name === '' && masked[at] === '{') {
      const close = outside(masked, at + 1, '}');
      if (close < 0) return start;
      at = close + 1;
    }
    while (masked[at] === '<' || masked[at] === '[') {
      const close = outside(masked, at + 1, masked[at] === '<' ? '>' : ']');
      if (close < 0) return at;
      at = close + 1;
    }
    const joined = /^\s*[|&](?![|&])/.exec(masked.slice(at))?.[0];
    if (joined === undefined) return at;
    at += joined.length;
  }
}

function assertions(text: Blanks): void {
  for (const { index, 0: all } of text.masked.matchAll(/\s(?:as|satisfies)\s+(?=[A-Za-z_$])/g)) {
    text.blank(index, typeEnd(text.masked, index + all.length));
  }
  for (const { index } of text.masked.matchAll(/(?<=[\w$)\]])!(?![=])/g)) text.blank(index, index + 1);
}

function signatures(text: Blanks): void {
  for (const { index, 0: all } of text.masked.matchAll(/\bfunction\s*[\w$]*\s*</g)) {
    const open = index + all.length - 1;
    const close = outside(text.masked, open + 1, '>');
    if (close >= 0) text.blank(open, close + 1);
  }
  for (let open = text.masked.indexOf('('); open >= 0; open = text.masked.indexOf('(', open + 1)) {
    const close = outside(text.masked, open + 1, ')');
    if (close < 0) continue;
    const isFunction = /\bfunction\s*[\w$]*\s*$/.test(text.masked.slice(Math.max(0, open - 200), open));
    const after = close + 1 + (/^\s*/.exec(text.masked.slice(close + 1))?.[0].length ?? 0);
    const result = text.masked[after] === ':' ? typeEnd(text.masked, after + 1) : after;
    const isArrow = /^\s*=>/.test(text.masked.slice(result));
    if (!isFunction && !isArrow) continue;
    if (result > after) text.blank(after, result);
    parameters(text, open + 1, close);
  }
}

function parameters(text: Blanks, start: number, end: number): void {
  for (let at = start; at >= 0 && at < end; ) {
    const stop = outside(text.masked, at, ',)');
    const until = stop < 0 || stop > end ? end : stop;
    const found = /^\s*[\w$]+\s*(\??\s*:)/.exec(text.masked.slice(at, until));
    if (found !== null) {
      const from = at + found[0].length - (found[1] as string).length;
      const value = outside(text.masked, at + found[0].length, '=');
      text.blank(from, value >= 0 && value < until ? value : until);
    }
    at = until + 1;
  }
}

function variables(text: Blanks): void {
  for (const { index, 0: all } of text.masked.matchAll(/\b(?:const|let|var)\s+[\w$]+\s*:/g)) {
    const colon = index + all.length - 1;
    text.blank(colon, typeEnd(text.masked, colon + 1));
  }
}
