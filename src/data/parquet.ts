import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fileError, UserError, withFile } from '../base/index.ts';
import type { RawColumns } from './steps.ts';

/**
 * Reads all columns of a Parquet file.
 *
 * @throws UserError where the file cannot be read, or is truncated or otherwise not Parquet.
 */
export async function readParquet(path: string): Promise<RawColumns> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(error, path);
  }
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  try {
    const metadata = parquetMetadata(file);
    const names = parquetSchema(metadata).children.map((child) => child.element.name);
    const rows = await parquetReadObjects({ file, metadata, compressors });
    if (BigInt(rows.length) !== metadata.num_rows) {
      throw new Error(`${rows.length} rows where its footer says ${metadata.num_rows}`);
    }
    return new Map(names.map((name) => [name, rows.map((row) => row[name] as unknown)]));
  } catch (error) {
    throw new UserError({
      code: 'data.not-parquet',
      place: { file: path },
      problem: `not a readable Parquet file: ${(error as Error).message}`,
      mend: 'Copy the file again: it is truncated or damaged',
    });
  }
}

const MAGIC = 'PAR1';

/** Whether a file is Parquet, by its first bytes. */
export function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** What the footer of a file says of it. */
interface ParquetFooter {
  /** Names of the columns. */
  readonly names: readonly string[];
  /** The program that wrote it. */
  readonly writer: string | undefined;
}

/** The program that writes the tables of datasets. */
export const WRITER = 'evolve';

/** Reads the footer of a Parquet file; undefined where it is none or damaged. */
export function parquetFooter(path: string): ParquetFooter | undefined {
  const footer = withFile(path, () => {
    const handle = openSync(path, 'r');
    try {
      const { size } = fstatSync(handle);
      const last = (length: number): Buffer => {
        const bytes = Buffer.alloc(Math.min(length, size));
        readSync(handle, bytes, 0, bytes.length, size - bytes.length);
        return bytes;
      };
      const end = last(8);
      return last(8 + (end.length < 8 ? 0 : Math.min(end.readUInt32LE(0), size)));
    } finally {
      closeSync(handle);
    }
  });
  try {
    const metadata = parquetMetadata(
      footer.buffer.slice(footer.byteOffset, footer.byteOffset + footer.byteLength) as ArrayBuffer,
    );
    return {
      names: parquetSchema(metadata).children.map((child) => child.element.name),
      writer: metadata.created_by,
    };
  } catch {
    return undefined;
  }
}

/** The bytes of a Parquet file: text columns as strings, all others as doubles. */
export function parquetBytes(
  columns: readonly { readonly name: string; readonly data: Float64Array | readonly string[] }[],
): Uint8Array {
  const columnData = columns.map(({ name, data }) =>
    data instanceof Float64Array
      ? { name, data, type: 'DOUBLE' as const, nullable: false }
      : { name, data: [...data], type: 'STRING' as const, nullable: false },
  );
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: WRITER }));
}
