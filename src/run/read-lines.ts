import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** A complete line of a file. */
export interface Line {
  /** Without its end. */
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** Offset in bytes just after the line. */
  readonly end: number;
}

/** The lines of a file, a chunk of it in memory at a time; what follows the last line end is left out. */
export function* readLines(path: string): Generator<Line> {
  const handle = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    let number = 0;
    for (;;) {
      const count = readSync(handle, chunk, 0, CHUNK_BYTES, offset + rest.length);
      if (count === 0) return;
      let bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE)) {
        offset += at + 1;
        yield { bytes: bytes.subarray(0, at), number: ++number, end: offset };
        bytes = bytes.subarray(at + 1);
      }
      rest = bytes;
    }
  } finally {
    closeSync(handle);
  }
}
