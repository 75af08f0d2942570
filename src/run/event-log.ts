import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { GrowingFile, UserError } from '../base/index.ts';
import { isEventType, type SearchEvent } from '../search/index.ts';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** An event and the offset in bytes just after its line. */
export interface LoggedEvent {
  readonly event: SearchEvent;
  readonly end: number;
}

function* readLines(path: string, from: number): Generator<{ readonly line: string; readonly end: number }> {
  const handle = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    let offset = from;
    for (;;) {
      const count = readSync(handle, chunk, 0, CHUNK_BYTES, offset + rest.length);
      if (count === 0) return;
      let bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE)) {
        offset += at + 1;
        yield { line: bytes.toString('utf8', 0, at), end: offset };
        bytes = bytes.subarray(at + 1);
      }
      rest = bytes;
    }
  } finally {
    closeSync(handle);
  }
}

const parseLine = (line: string): SearchEvent | undefined => {
  try {
    const event = JSON.parse(line) as SearchEvent;
    return typeof event === 'object' && event !== null && isEventType(event.type) ? event : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The committed events of a log from an offset on, a generation at a time. What follows the last `generation` event is the
 * trace of an interrupted process and is left out.
 *
 * @throws UserError where a line inside the committed part is not an event.
 */
export function* readGenerations(path: string, from = 0): Generator<readonly LoggedEvent[]> {
  if (!existsSync(path)) return;
  let open: LoggedEvent[] = [];
  let broken: number | undefined;
  for (const { line, end } of readLines(path, from)) {
    const event = parseLine(line);
    if (event === undefined) broken ??= end - Buffer.byteLength(line) - 1;
    else open.push({ event, end });
    if (event?.type !== 'generation') continue;
    if (broken !== undefined) {
      throw new UserError({
        code: 'run.damaged-log',
        place: { file: path },
        problem: `the line at byte ${broken} is not an event`,
        mend: 'restore the file from a copy, or start a new run with the same configuration',
      });
    }
    yield open;
    open = [];
  }
}

/** An event log that is open for writing; every append is one write that is on the disk when it returns. */
export class EventLog {
  readonly #file: GrowingFile;

  /** Opens or creates a log; what lies beyond `committedBytes` is cut off. */
  constructor(path: string, committedBytes: number) {
    this.#file = new GrowingFile(path, committedBytes);
  }

  /** Length of the log. */
  get bytes(): number {
    return this.#file.bytes;
  }

  append(events: readonly SearchEvent[]): void {
    this.#file.append(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }

  close(): void {
    this.#file.close();
  }
}
