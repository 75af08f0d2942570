import { createHash, type Hash } from 'node:crypto';

const MARK = ',"checksum":"';
const SEAL = /^([0-9a-f]{64})"\}$/;
const SEAL_BYTES = MARK.length + 64 + 2;

/** SHA-256 of a text, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a sealed JSON object consists of: all up to its last field, and that field, the checksum. */
export interface Sealed {
  readonly content: Buffer;
  /** Undefined where the object has none. */
  readonly checksum: string | undefined;
}

/** Takes a JSON object apart that may be sealed; an open brace is left at the end of its content. */
export function unseal(json: Buffer): Sealed {
  const at = json.length - SEAL_BYTES;
  const tail = at < 0 ? '' : json.toString('latin1', at);
  const checksum = tail.startsWith(MARK) ? SEAL.exec(tail.slice(MARK.length))?.[1] : undefined;
  return { content: json.subarray(0, checksum === undefined ? json.length - 1 : at), checksum };
}

/** The text of a JSON object without a checksum, for `seal` and for hashing. */
export function contentOf(object: object): string {
  return JSON.stringify(object).slice(0, -1);
}

/** A JSON object with its checksum as the last field. */
export function seal(content: string, checksum: string): string {
  return `${content}${MARK}${checksum}"}`;
}

/**
 * Checksums of a log, one for each generation: the SHA-256 of the one before and of the bytes since then. So each covers all
 * of the log up to it, and what it starts from. To go on, the last one is all that is needed.
 */
export class ChecksumChain {
  #hash: Hash;

  /** @param start the checksum to go on from. */
  constructor(start: string) {
    this.#hash = createHash('sha256').update(start);
  }

  add(bytes: Uint8Array | string): void {
    this.#hash.update(bytes);
  }

  /** The checksum of the generation that ends here; the next one goes on from it. */
  close(): string {
    const checksum = this.#hash.digest('hex');
    this.#hash = createHash('sha256').update(checksum);
    return checksum;
  }
}
