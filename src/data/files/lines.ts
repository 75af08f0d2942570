import { readContent } from './content.ts';

const NEWLINE = 0x0a;

/** One line of a text file, without its end. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * The lines of a file, packed or not, one after another: no more than a line is held.
 *
 * @throws UserError where it cannot be read, or is truncated or damaged.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let number = 0;
  for await (const chunk of readContent(path)) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const text = textOf([...rest, bytes.subarray(start, end)], number);
      rest = [];
      start = end + 1;
      yield { text, number: ++number };
    }
    // The reader may use its memory again.
    if (start < bytes.length) rest.push(Buffer.from(bytes.subarray(start)));
  }
  if (rest.length > 0) yield { text: textOf(rest, number), number: number + 1 };
}

function textOf(parts: readonly Buffer[], before: number): string {
  const text = Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
  return before === 0 ? text.replace(/^\uFEFF/, '') : text;
}
