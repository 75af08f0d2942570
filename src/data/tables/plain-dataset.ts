import { createHash } from 'node:crypto';
import { UserError } from '../../base/index.ts';
import type { RowRange } from '../../numeric/index.ts';
import type { Dataset } from '../dataset.ts';
import { parquetBytes, readParquet } from '../files/parquet.ts';
import { SPLITS } from '../split.ts';
import type { PlainTable, TableGroup } from './plain-table.ts';
import type { PlainTableEntry } from './table-document.ts';

/** The file of a dataset that holds the rows of a table. */
export const PLAIN_TABLE_FILE = 'table.parquet';

/** A dataset that is a table. */
export function plainDataset(source: string, table: PlainTable): Dataset & { readonly table: PlainTable } {
  return Object.freeze({ source, hash: hashOf(table), experiments: Object.freeze([]), table });
}

/** SHA-256 over what the document says of a table and its cells, hex. */
function hashOf(table: PlainTable): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(Object.entries(plainTableEntry(table)).sort(([a], [b]) => (a < b ? -1 : 1))));
  for (const [name, { buffer, byteOffset, byteLength }] of columnsOf(table)) {
    hash.update(`${name}:${byteLength}:`);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}

/** Columns by the name that they are stored under: those of features cannot be mistaken for others. */
function columnsOf({ features, columns, y, weights }: PlainTable): readonly (readonly [string, Float64Array])[] {
  return [
    ['target', y],
    ...(weights === undefined ? [] : [['weight', weights] as const]),
    ...features.map(({ name }, at) => [`feature.${name}`, columns[at]!] as const),
  ];
}

/** What the document of a dataset says of its table. */
export function plainTableEntry({ groups, columns: _columns, y: _y, weights, ...facts }: PlainTable): PlainTableEntry {
  return {
    ...facts,
    ...(weights !== undefined && { weighted: true as const }),
    groups: groups.map(({ id, rows }) => {
      const [train, valid, test] = SPLITS.map((split) => rows[split][1] - rows[split][0]) as [number, number, number];
      return { id, train, valid, test };
    }),
  };
}

/** The bytes of the file of a table. */
export function plainTableBytes(table: PlainTable): Uint8Array {
  const columns = columnsOf(table);
  return parquetBytes(
    'group',
    columns.map(([name]) => name),
    table.groups.map(({ id, rows: { train, test } }) => ({
      text: id,
      rows: test[1] - train[0],
      columns: new Map(columns.map(([name, column]) => [name, column.subarray(train[0], test[1])])),
    })),
  );
}

/** Reads the file of a table. @throws UserError where it has not the rows and columns that the document says */
export async function readPlainTable(path: string, entry: PlainTableEntry, mend: string): Promise<PlainTable> {
  const { groups: counts, weighted, ...facts } = entry;
  const stored = await readParquet(path);
  let start = 0;
  const groups = counts.map(({ id, train, valid, test }): TableGroup => {
    const [first, second, third] = [start, start + train, start + train + valid];
    start = third + test;
    const rows: { readonly [S in 'train' | 'valid' | 'test']: RowRange } = {
      train: [first, second],
      valid: [second, third],
      test: [third, start],
    };
    return { id, rows };
  });
  const column = (name: string): Float64Array => {
    const cells = stored.get(name);
    if (cells?.length === start) return Float64Array.from(cells, Number);
    throw new UserError({
      code: 'data.wrong-dataset',
      place: { file: path, at: `column \`${name}\`` },
      problem: cells === undefined ? 'it is missing' : `${cells.length} rows where the dataset says ${start}`,
      mend,
    });
  };
  return Object.freeze({
    ...facts,
    groups,
    columns: facts.features.map(({ name }) => column(`feature.${name}`)),
    y: column('target'),
    ...(weighted === true && { weights: column('weight') }),
  });
}
