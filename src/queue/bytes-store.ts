import type { Redis } from 'ioredis';
import { type BytesFolder, hashOf } from './bytes-folder.ts';
import type { QueueKeys } from './keys.ts';
import { KEPT_MS } from './members.ts';

/** Bytes that a job goes by: rows of a dataset, or what its clients measured. */
export interface BytesName {
  /** SHA-256, hex. */
  readonly hash: string;
  readonly bytes: number;
}

/** Small enough that no command keeps the server from others. */
const PIECE_BYTES = 2 ** 20;

/** What a job goes by is not to be had now; who sent it puts it there again. */
export class MissingBytes extends Error {
  constructor({ hash }: BytesName) {
    super(`no bytes of the hash ${hash}`);
    this.name = 'MissingBytes';
  }
}

/** Where bytes are shared: a folder that all machines see, where there is one, or the queue's server, in pieces. */
export class BytesStore {
  readonly #redis: Redis;
  readonly #keys: QueueKeys;
  readonly #shared: BytesFolder | undefined;

  constructor(redis: Redis, keys: QueueKeys, shared?: BytesFolder) {
    this.#redis = redis;
    this.#keys = keys;
    this.#shared = shared;
  }

  /** Puts bytes where workers find them, unless they are there. */
  async put({ hash, bytes }: BytesName, content: Uint8Array): Promise<void> {
    if (this.#shared !== undefined) {
      if (!this.#shared.has(hash)) this.#shared.write(hash, content);
      return;
    }
    const key = this.#keys.bytes(hash);
    if ((await this.#redis.hlen(key)) === pieces(bytes)) return;
    for (let at = 0; at < pieces(bytes); at++) {
      const piece = content.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES);
      await this.#redis.hset(key, String(at), Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      await this.#redis.pexpire(key, KEPT_MS);
    }
  }

  /** @throws MissingBytes where they are not there, or are others */
  async get(name: BytesName): Promise<Buffer> {
    const { hash, bytes } = name;
    const shared = this.#shared?.read(hash);
    if (shared !== undefined) return shared;
    const parts: Buffer[] = [];
    for (let at = 0; at < pieces(bytes); at++) {
      const piece = await this.#redis.hgetBuffer(this.#keys.bytes(hash), String(at));
      if (piece === null) throw new MissingBytes(name);
      parts.push(piece);
    }
    const content = Buffer.concat(parts);
    if (content.length === bytes && hashOf(content) === hash) return content;
    // Whoever has the right ones puts them there anew.
    await this.#redis.del(this.#keys.bytes(hash));
    throw new MissingBytes(name);
  }
}

function pieces(bytes: number): number {
  return Math.ceil(bytes / PIECE_BYTES);
}
