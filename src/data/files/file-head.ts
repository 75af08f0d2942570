import { readHead } from './content.ts';

/** The beginning of a file, by which formats know their own. */
export interface FileHead {
  readonly path: string;
  /** The first bytes, unpacked. */
  readonly bytes: Uint8Array;
  /** The same as text; it ends anywhere. */
  readonly text: string;
}

const HEAD_BYTES = 1 << 16;

/** @throws UserError where the file cannot be read or unpacked. */
export async function fileHead(path: string): Promise<FileHead> {
  const bytes = await readHead(path, HEAD_BYTES);
  return { path, bytes, text: bytes.toString('utf8').replace(/^\uFEFF/, '') };
}
