import { GrowingFile } from '../base/index.ts';
import type { SearchEvent } from '../search/index.ts';
import { ChecksumChain, contentOf, seal } from './checksum.ts';

/** A place between two generations of a log. */
export interface LogPosition {
  /** Length of the log up to here. */
  readonly bytes: number;
  /** Of the log up to here, see `ChecksumChain`. */
  readonly checksum: string;
}

/** An event log that is open for writing; every append is one write that is on the disk when it returns. */
export class EventLog {
  readonly #file: GrowingFile;
  #checksum: string;

  /** Opens or creates a log; what lies beyond the position is cut off. */
  constructor(path: string, { bytes, checksum }: LogPosition) {
    this.#file = new GrowingFile(path, bytes);
    this.#checksum = checksum;
  }

  /** Its end. */
  get position(): LogPosition {
    return { bytes: this.#file.bytes, checksum: this.#checksum };
  }

  /** Adds the events of one generation; the last one, which commits it, gets the checksum of the log so far. */
  append(events: readonly SearchEvent[]): void {
    const last = events.at(-1);
    if (last?.type !== 'generation') throw new RangeError('a generation ends with its own event');
    const before = events.slice(0, -1).map((event) => `${JSON.stringify(event)}\n`);
    const content = `${before.join('')}${contentOf(last)}`;
    const chain = new ChecksumChain(this.#checksum);
    chain.add(content);
    const checksum = chain.close();
    this.#file.append(`${seal(content, checksum)}\n`);
    this.#checksum = checksum;
  }

  close(): void {
    this.#file.close();
  }
}
