import { existsSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readYaml, UserError, withFile } from '../../base/index.ts';
import type { Dataset } from '../dataset.ts';
import { readHead } from '../files/content.ts';
import { readCsv } from '../files/csv.ts';
import { isParquet, readParquet } from '../files/parquet.ts';
import { readJsonTable } from '../sources/tables/json-table.ts';
import { locateRecord } from '../steps/steps.ts';
import type { RawTable } from './choose-columns.ts';
import { makePlainTable } from './make-table.ts';
import type { PlainTableOptions } from './options.ts';
import { plainDataset } from './plain-dataset.ts';

/** All columns may hold numbers. */
const ANY: Pick<ReadonlySet<string>, 'has'> = { has: () => true };
const HEAD_BYTES = 16;

/**
 * Makes a dataset of plain rows of one file: CSV with a header line, Parquet, or JSON lines, packed or not.
 *
 * @param target header of the column to predict
 * @throws UserError that names the file and the column, where it cannot be read or {@link makePlainTable} refuses it
 */
export async function importPlainTable(path: string, target: string, options: PlainTableOptions): Promise<Dataset> {
  return plainDataset(path, makePlainTable(await readTable(path), target, options, path));
}

async function readTable(path: string): Promise<RawTable> {
  if (!existsSync(path) || !withFile(path, () => statSync(path)).isFile()) {
    throw new UserError({
      code: 'data.table-not-a-file',
      place: { file: path },
      problem: existsSync(path) ? 'not a file' : 'no such file',
      mend: 'Give one table: CSV with a header line, Parquet, or JSON lines',
    });
  }
  if (isParquet(await readHead(path, HEAD_BYTES))) {
    return { columns: await readParquet(path), locate: locateRecord(path) };
  }
  const ending = extname(path.replace(/\.(gz|zst)$/i, '')).toLowerCase();
  return ending === '.jsonl' || ending === '.ndjson' ? readJsonTable(path, ANY) : readCsv(path, ANY);
}

const UNITS: DocumentKind<Readonly<Record<string, string>>> = {
  schema: z.record(z.string(), z.union([z.string(), z.literal(1).transform(() => '1')])),
  code: 'data.wrong-units',
  mend: 'Write one column a line, like `speed: m/s`; `1` is a pure number',
};

/** Reads a YAML or JSON file with the unit of each column, by its header. @throws UserError where it is none */
export function readUnits(path: string): Readonly<Record<string, string>> {
  return readYaml(path, UNITS);
}
