import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { fileError, UserError, withFile } from '../../base/index.ts';
import type { WritableColumn } from './row-numbers.ts';
import type { RawColumns } from '../steps/raw-columns.ts';

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
    const chunks = new Map<string, Chunk[]>(names.map((name) => [name, []]));
    await parquetRead({
      file,
      metadata,
      compressors,
      onChunk: ({ columnName, columnData: cells, rowStart }) => chunks.get(columnName)?.push({ cells, rowStart }),
    });
    return new Map(names.map((name) => [name, joined(chunks.get(name)!, Number(metadata.num_rows))]));
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

/** Some cells of a column; they come in any order. */
interface Chunk {
  readonly cells: ArrayLike<unknown>;
  readonly rowStart: number;
}

/** The chunks of a column one after another: doubles stay packed, since objects for millions of rows take gigabytes. */
function joined(parts: readonly Chunk[], rows: number): ArrayLike<unknown> {
  const chunks = [...parts].sort((a, b) => a.rowStart - b.rowStart).map(({ cells }) => cells);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length !== rows) throw new Error(`${length} rows where its footer says ${rows}`);
  if (!chunks.every((chunk) => chunk instanceof Float64Array)) return chunks.flatMap((chunk) => Array.from(chunk));
  const column = new Float64Array(length);
  let at = 0;
  for (const chunk of chunks) {
    column.set(chunk, at);
    at += chunk.length;
  }
  return column;
}

/** Rows of a table that have one text in common. */
export interface TablePart {
  readonly text: string;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, WritableColumn>;
}

const LEAST_BYTES = 1 << 12;
const ROWS_AT_ONCE = 20_000;

/**
 * The bytes of a Parquet file with parts one after another: a text column that tells them apart, and columns of doubles, NaN where a
 * part has none of the name. Rows are written some at a time, so that no column is held twice.
 */
export function parquetBytes(label: string, names: readonly string[], parts: readonly TablePart[]): Uint8Array {
  const schema = schemaFromColumnData({
    columnData: [
      { name: label, data: [], type: 'STRING', nullable: false },
      ...names.map((name) => ({ name, data: [], type: 'DOUBLE' as const, nullable: false })),
    ],
  });
  // About what it takes, packed: a buffer that grows leaves as much behind as it holds.
  const cells = parts.reduce((sum, { rows }) => sum + rows * (names.length + 1), 0);
  const writer = new ByteWriter(LEAST_BYTES + cells);
  // Nobody asks for a part of a table, so nobody reads statistics; they take a third of the time.
  const table = new ParquetWriter({ writer, schema, statistics: false, createdBy: WRITER });
  for (const { text, rows, columns } of parts) {
    for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, rows - from);
      const slice = (name: string): Float64Array | Int32Array =>
        columns.get(name)?.subarray(from, from + count) ?? new Float64Array(count).fill(Number.NaN);
      const data = names.map((name) => ({ name, data: slice(name) }));
      void table.write({
        columnData: [{ name: label, data: Array.from({ length: count }, () => text) }, ...data],
        rowGroupSize: count,
      });
    }
  }
  void table.finish();
  return writer.getBytes();
}
