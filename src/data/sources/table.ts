import { basename, extname } from 'node:path';
import { UserError } from '../../base/index.ts';
import { type CsvColumns, readCsv } from '../csv.ts';
import { parseExperimentName } from '../experiment-name.ts';
import { readParquet } from '../parquet.ts';
import { isStepColumn, locateRecord, type RawColumns } from '../steps.ts';
import type { RunRecords, SourceFormat } from './source.ts';

const PARQUET_MAGIC = 'PAR1';

export const csvTable: SourceFormat = {
  name: 'csv',
  meaning: 'step records in CSV with a header line, one a row',
  recognises: ({ text }) =>
    (text.split('\n', 1)[0] ?? '').split(',').filter((name) => isStepColumn(unquoted(name))).length > 1,
  extensions: ['.csv'],
  read: async (path) => runsOf(path, await readCsv(path)),
};

export const parquetTable: SourceFormat = {
  name: 'parquet',
  meaning: 'step records in Parquet',
  recognises: ({ bytes }) => Buffer.from(bytes.subarray(0, 4)).toString('latin1') === PARQUET_MAGIC,
  extensions: ['.parquet'],
  read: async (path) => runsOf(path, { columns: await readParquet(path), locate: locateRecord(path) }),
};

function unquoted(name: string): string {
  return name.trim().replaceAll('"', '');
}

/** What the columns of a row say of its run. */
interface Labels {
  readonly experiment: string | undefined;
  readonly model: string | undefined;
  readonly workload: string | undefined;
  readonly tp: string | undefined;
}

/**
 * The runs of a table with the BATCH_SUMMARY columns, one row a step. Optional columns `experiment`, `model`, `workload` and
 * `tp` say which run a row belongs to, or an `experiment` in the form `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`.
 *
 * @throws UserError where there is no row, or a label is wrong.
 */
function runsOf(path: string, { columns, locate }: CsvColumns): readonly RunRecords[] {
  return rowsByRun(columns, path).map(({ labels, rows }): RunRecords => {
    const part = new Map([...columns].map(([name, cells]) => [name, rows.map((row) => cells[row])]));
    return {
      place: path,
      ...factsOf(labels, path),
      assumed: { hardware: 'H100' },
      settings: {},
      steps: { file: path, columns: part, locate: (row, column) => locate(rows[row]!, column) },
      notes: [],
    };
  });
}

interface RunRows {
  readonly labels: Labels;
  readonly rows: readonly number[];
}

function rowsByRun(columns: RawColumns, path: string): readonly RunRows[] {
  const length = [...columns.values()][0]?.length ?? 0;
  if (length === 0) {
    throw new UserError({
      code: 'data.no-rows',
      place: { file: path },
      problem: 'no rows in it',
      mend: 'Give a file with step records',
    });
  }
  const groups = new Map<string, RunRows & { readonly rows: number[] }>();
  for (let row = 0; row < length; row++) {
    const cell = (name: string): string | undefined => {
      const value = columns.get(name)?.[row];
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
        ? String(value) || undefined
        : undefined;
    };
    const labels = { experiment: cell('experiment'), model: cell('model'), workload: cell('workload'), tp: cell('tp') };
    const label = JSON.stringify(Object.values(labels));
    const group = groups.get(label);
    if (group) group.rows.push(row);
    else groups.set(label, { labels, rows: [row] });
  }
  return [...groups.values()];
}

function factsOf(labels: Labels, path: string): Pick<RunRecords, 'id' | 'model' | 'workload' | 'tp'> {
  const ownName = basename(path, extname(path));
  const named = parseExperimentName(labels.experiment ?? ownName);
  const id = labels.experiment ?? (named && ownName);
  const model = labels.model ?? named?.model;
  const workload = labels.workload ?? named?.workload;
  const tp = labels.tp === undefined ? named?.tp : Number(labels.tp);
  if (tp !== undefined && !(Number.isInteger(tp) && tp > 0)) {
    throw new UserError({
      code: 'data.wrong-tp',
      place: { file: path, at: 'column `tp`' },
      problem: `${JSON.stringify(labels.tp)} is not a positive integer`,
      mend: 'Write how many GPUs share the model',
    });
  }
  return {
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...(workload !== undefined && { workload }),
    ...(tp !== undefined && { tp }),
  };
}
