import { closeSync, createReadStream, openSync, read, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { fileError, UserError, withFile } from '../../base/index.ts';

/** How the bytes of a file are packed. `framed-zstd`: messages of zstd, each after its length in 4 big-endian bytes. */
type Packing = 'plain' | 'gzip' | 'zstd' | 'framed-zstd';

const CHUNK_BYTES = 1 << 18;
/** What is unpacked of a chunk is held until it is read, and traces shrink to a fortieth. */
const PACKED_BYTES = 1 << 14;
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Messages become lines. */
const NEWLINE = Uint8Array.of(0x0a);

/**
 * The unpacked bytes of a file, a chunk at a time: plain, gzip, zstd, or messages of zstd one after another as the file exporter
 * of OpenTelemetry writes them.
 *
 * @throws UserError where it cannot be read, or is truncated or damaged.
 */
export async function* readContent(path: string): AsyncGenerator<Uint8Array> {
  const packing = packingOf(path);
  try {
    yield* UNPACK[packing](path);
  } catch (error) {
    if (packing === 'plain' || (error as NodeJS.ErrnoException).syscall !== undefined) throw fileError(error, path);
    throw new UserError({
      code: 'data.damaged-packing',
      place: { file: path },
      problem: `its ${packing} data cannot be unpacked: ${(error as Error).message}`,
      mend: 'Copy the file again: it is truncated or damaged',
    });
  }
}

/**
 * The same for readers that are done with a chunk before they ask for the next one: the chunks of a plain file are one buffer, since
 * gigabytes of buffers pile up faster than they are collected.
 *
 * @throws UserError as {@link readContent} does.
 */
export async function* streamContent(path: string): AsyncGenerator<Uint8Array> {
  if (packingOf(path) === 'plain') yield* reusedChunks(path);
  else yield* readContent(path);
}

async function* reusedChunks(path: string): AsyncGenerator<Uint8Array> {
  const handle = withFile(path, () => openSync(path, 'r'));
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const length = await readSome(handle, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw fileError(error, path);
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** The system reads while others work, e.g. on a slow disk. */
function readSome(handle: number, into: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(handle, into, 0, into.length, null, (error, length) => (error ? reject(error) : resolve(length)));
  });
}

/** The first bytes of a file as they are unpacked, so many or fewer. @throws UserError as {@link readContent} does. */
export async function readHead(path: string, bytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readContent(path)) {
    parts.push(part);
    length += part.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(parts).subarray(0, bytes);
}

function packingOf(path: string): Packing {
  const head = withFile(path, () => {
    const handle = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(8);
      return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(handle);
    }
  });
  const holds = (magic: readonly number[], at: number): boolean => magic.every((byte, i) => head[at + i] === byte);
  if (holds([0x1f, 0x8b], 0)) return 'gzip';
  if (holds(ZSTD, 0)) return 'zstd';
  return holds(ZSTD, 4) ? 'framed-zstd' : 'plain';
}

function stream(path: string, chunkBytes = CHUNK_BYTES): AsyncIterable<Uint8Array> & NodeJS.ReadableStream {
  return createReadStream(path, { highWaterMark: chunkBytes });
}

const UNPACK: { readonly [P in Packing]: (path: string) => AsyncIterable<Uint8Array> } = {
  plain: stream,
  gzip: (path) => {
    const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
    stream(path)
      .on('error', (error) => unpacked.destroy(error))
      .pipe(unpacked);
    return unpacked;
  },
  zstd: async function* (path) {
    const out: Uint8Array[] = [];
    const unpack = new Decompress((part) => out.push(part));
    for await (const chunk of stream(path, PACKED_BYTES)) {
      unpack.push(chunk);
      yield* out.splice(0);
    }
    unpack.push(new Uint8Array(), true);
    yield* out;
  },
  'framed-zstd': async function* (path) {
    const out: Uint8Array[] = [];
    let header: number[] = [];
    let left = 0;
    let unpack: Decompress | undefined;
    for await (const chunk of stream(path, PACKED_BYTES)) {
      let at = 0;
      while (at < chunk.length) {
        if (unpack === undefined) {
          header.push(chunk[at++] as number);
          if (header.length < 4) continue;
          left = header.reduce((length, byte) => 256 * length + byte, 0);
          header = [];
          unpack = new Decompress((part) => out.push(part));
          continue;
        }
        const part = chunk.subarray(at, at + left);
        at += part.length;
        left -= part.length;
        unpack.push(part, left === 0);
        if (left > 0) continue;
        unpack = undefined;
        out.push(NEWLINE);
      }
      yield* out.splice(0);
    }
    if (unpack !== undefined || header.length > 0) throw new Error('it ends within a message');
  },
};
