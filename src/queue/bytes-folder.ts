import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomically } from '../base/index.ts';

/** Most bytes that a folder of a worker's own is left with. */
const MOST_BYTES = 4 * 2 ** 30;

/** Hash by which bytes are known, hex. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A folder of files that are named by the SHA-256 of what is in them. What a file holds is checked whenever it is read. */
export class BytesFolder {
  readonly #folder: string;
  readonly #mostBytes: number;

  /** @param mostBytes the files that were used longest ago are removed beyond it; default: none is */
  constructor(folder: string, mostBytes: number = Infinity) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** The bytes of a hash; undefined where they are not there, or are others. */
  read(hash: string): Buffer | undefined {
    const path = join(this.#folder, hash);
    try {
      const bytes = readFileSync(path);
      if (hashOf(bytes) !== hash) return undefined;
      if (this.#mostBytes < Infinity) utimesSync(path, new Date(), new Date());
      return bytes;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  has(hash: string): boolean {
    return this.read(hash) !== undefined;
  }

  write(hash: string, bytes: Uint8Array): void {
    makeFolder(this.#folder);
    // Several processes may bring the same bytes at a time.
    writeFileAtomically(join(this.#folder, hash), bytes, `.${process.pid}`);
    if (this.#mostBytes < Infinity) this.#prune();
  }

  #prune(): void {
    let left = this.#mostBytes;
    const files = readdirSync(this.#folder)
      .filter((name) => /^[0-9a-f]{64}$/.test(name))
      .map((name) => ({
        path: join(this.#folder, name),
        stat: statSync(join(this.#folder, name), { throwIfNoEntry: false }),
      }))
      .flatMap(({ path, stat }) => (stat === undefined ? [] : [{ path, size: stat.size, usedMs: stat.mtimeMs }]))
      .toSorted((a, b) => b.usedMs - a.usedMs);
    for (const { path, size } of files) {
      left -= size;
      if (left < 0) rmSync(path, { force: true });
    }
  }
}

/** A worker's own folder of bytes. */
export function ownBytes(folder: string): BytesFolder {
  return new BytesFolder(folder, MOST_BYTES);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
