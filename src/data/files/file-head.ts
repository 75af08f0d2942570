import { readContent } from './content.ts';

/** The beginning of a file, by which formats know their own. */
export interface FileHead {
  readonly path: string;
  /** The first bytes as they are on the disk, unpacked. */
  readonly bytes: Uint8Array;
  /** The same as text; it ends anywhere. */
  readonly text: string;
}

const HEAD_BYTES = 1 << 16;

/** @throws UserError where the file cannot be read or unpacked. */
export async function fileHead(path: string): Promise<FileHead> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readContent(path)) {
    parts.push(part);
    length += part.length;
    if (length >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat(parts).subarray(0, HEAD_BYTES);
  return { path, bytes, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}
