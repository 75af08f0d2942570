/**
 * A cheap pass over hostile text before a real parser sees it: one loop, no recursion, no backtracking. It measures the
 * depth of brackets, and it gives the text with comments and quoted strings blanked, in which a search by pattern
 * cannot be led astray.
 */
export interface Scan {
  /** Same length as the text; comments and strings are spaces, line breaks are kept. */
  readonly masked: string;
  /** Offset of the first bracket that lies deeper than allowed. */
  readonly tooDeepAt: number | undefined;
}

function isOpen(char: string): boolean {
  return char === '(' || char === '[' || char === '{';
}
function isClose(char: string): boolean {
  return char === ')' || char === ']' || char === '}';
}

function endOf(text: string, start: number): number {
  const char = text[start];
  if (char === '/' && text[start + 1] === '/') {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length : end;
  }
  if (char === '/' && text[start + 1] === '*') {
    const end = text.indexOf('*/', start + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (char !== '"' && char !== "'") return start;
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === char) return i + 1;
    else if (text[i] === '\n') return i;
  }
  return text.length;
}

export function scan(text: string, nesting: number): Scan {
  const parts: string[] = [];
  let kept = 0;
  let depth = 0;
  let tooDeepAt: number | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (isOpen(char)) {
      depth++;
      if (depth > nesting) {
        tooDeepAt = i;
        break;
      }
    } else if (isClose(char)) depth = Math.max(0, depth - 1);
    else {
      const end = endOf(text, i);
      if (end > i) {
        parts.push(text.slice(kept, i), text.slice(i, end).replace(/[^\n]/g, ' '));
        kept = end;
        i = end - 1;
      }
    }
  }
  parts.push(text.slice(kept));
  return { masked: parts.join(''), tooDeepAt };
}

/** Names, numbers and signs in a masked text, counted up to `limit`. */
export function countTokens(masked: string, limit: number): number {
  const token = /[\w$.]+|[^\s\w$.]/g;
  let count = 0;
  while (count < limit && token.test(masked)) count++;
  return count;
}

/** 1-based line and column of an offset. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}
