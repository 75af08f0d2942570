import {
  type Dataset,
  importPlainTable,
  plainDataset,
  type PlainTableOptions,
  readUnits,
  saveDataset,
  tableOfColumns,
} from '../data/index.ts';

/** What a table itself does not say of its columns. */
export interface TableOptions extends Omit<PlainTableOptions, 'units'> {
  /** Dataset folder to write; default: none is written. */
  readonly folder?: string;
  /** Units by column, or a YAML file that has them. */
  readonly units?: Readonly<Record<string, string>> | string | undefined;
}

/**
 * Makes a dataset of a table of plain rows: one column to predict, others to predict it from.
 *
 * @param source a file, CSV with a header line, Parquet or JSON lines; or columns in memory, by name
 * @param target name of the column to predict
 * @throws UserError that names the file and the column where it cannot be used
 */
export async function importTable(
  source: string | Readonly<Record<string, ArrayLike<number>>>,
  target: string,
  { folder, units, ...others }: TableOptions = {},
): Promise<Dataset> {
  const options = {
    ...others,
    ...(units !== undefined && { units: typeof units === 'string' ? readUnits(units) : units }),
  };
  const dataset =
    typeof source === 'string'
      ? await importPlainTable(source, target, options)
      : plainDataset('columns in memory', tableOfColumns(source, target, options));
  if (folder !== undefined) saveDataset(dataset, folder);
  return dataset;
}
