import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fileError, UserError } from '../base/index.ts';
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

/** The bytes of a Parquet file: text columns as strings, all others as doubles. */
export function parquetBytes(
  columns: readonly { readonly name: string; readonly data: Float64Array | readonly string[] }[],
): Uint8Array {
  const columnData = columns.map(({ name, data }) =>
    data instanceof Float64Array
      ? { name, data, type: 'DOUBLE' as const, nullable: false }
      : { name, data: data as string[], type: 'STRING' as const, nullable: false },
  );
  // Nobody asks for a part of a table, so nobody reads statistics; they take a third of the time.
  return new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'evolve', statistics: false }));
}
