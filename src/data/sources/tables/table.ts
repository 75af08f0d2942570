import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { groupBy, UserError } from '../../../base/index.ts';
import { STEP_COLUMNS } from '../../../physics/index.ts';
import { applyMap, numbersOf } from './apply-map.ts';
import type { ColumnMap } from './column-map.ts';
import { readCsv } from '../../files/csv.ts';
import { parseExperimentName } from '../ground-truth/experiment-name.ts';
import { isParquet, parquetFooter, readParquet, WRITER } from '../../files/parquet.ts';
import { isStepColumn } from '../../steps/column-names.ts';
import { cellsOf, type RawColumns, type TableColumns } from '../../steps/raw-columns.ts';
import { locateRecord } from '../../steps/steps.ts';
import { readJsonTable, rowOf } from './json-table.ts';
import { ASSUMED_HARDWARE, type RunRecords, type SourceFormat } from '../source.ts';

export const csvTable: SourceFormat = {
  name: 'csv',
  meaning: 'step records in CSV with a header line, one a row',
  recognises: ({ text }) =>
    (text.split('\n', 1)[0] ?? '').split(',').filter((name) => isStepColumn(unquoted(name))).length > 1,
  extensions: ['.csv'],
  mapped: { extensions: ['.csv'], read: async (path, map) => mapped(path, await readCsv(path, numbersOf(map)), map) },
  read: async (path) => runsOf(path, withSteps(path, await readCsv(path))),
};

export const parquetTable: SourceFormat = {
  name: 'parquet',
  meaning: 'step records in Parquet',
  recognises: ({ bytes }) => isParquet(bytes),
  extensions: ['.parquet'],
  mapped: { extensions: ['.parquet'], read: async (path, map) => mapped(path, await parquetColumns(path), map) },
  read: async (path) => runsOf(path, withSteps(path, await parquetColumns(path))),
};

export const jsonTable: SourceFormat = {
  name: 'jsonl',
  meaning: 'step records in JSON lines, one flat object a row',
  recognises: ({ text }) =>
    Object.keys(rowOf(text.split('\n', 1)[0] ?? '') ?? {}).filter((name) => isStepColumn(name)).length > 1,
  mapped: {
    extensions: ['.jsonl', '.ndjson'],
    read: async (path, map) => mapped(path, await readJsonTable(path, numbersOf(map)), map),
  },
  read: async (path) => runsOf(path, await readJsonTable(path, new Set())),
};

async function parquetColumns(path: string): Promise<TableColumns> {
  if (parquetFooter(path)?.writer === WRITER) throw partOfDataset(path);
  return { columns: await readParquet(path), locate: locateRecord(path) };
}

/** A table of a dataset alone says nothing of models and requests, and a dataset without its document was not written to the end. */
function partOfDataset(path: string): UserError {
  const isWhole = existsSync(join(dirname(path), 'dataset.json'));
  return new UserError({
    code: 'data.part-of-a-dataset',
    place: { file: path },
    problem: `it is a table of a dataset${isWhole ? '' : ', whose dataset.json is not beside it'}`,
    mend: isWhole ? 'Give the folder' : 'Make the dataset again from its sources',
  });
}

const NAMED = 12;

/** @throws UserError where no column is one of step records: it is a table of something else */
function withSteps(path: string, table: TableColumns): TableColumns {
  const names = [...table.columns.keys()];
  if (names.some(isStepColumn)) return table;
  const there = names.slice(0, NAMED).map((name) => `\`${name}\``);
  throw new UserError({
    code: 'data.no-step-columns',
    place: { file: path },
    problem: `no column of step records in it; it has ${there.join(', ')}${names.length > NAMED ? ' and more' : ''}`,
    mend: 'Say which of its columns are those of steps, or which one is to be predicted from the others',
    details: { file: path, last: names.at(-1) ?? '' },
  });
}

function mapped(path: string, table: TableColumns, map: ColumnMap): readonly RunRecords[] {
  return runsOf(path, applyMap(map, table, path)).map((run) => ({ ...run, isMapped: true }));
}

function unquoted(name: string): string {
  return name.trim().replaceAll('"', '');
}

const NO_IDS = 'it has no step ids: its rows are taken for consecutive steps, in their order';

/** What the columns of a row say of its run. */
interface Labels {
  readonly experiment: string | undefined;
  readonly model: string | undefined;
  readonly workload: string | undefined;
  readonly tp: string | undefined;
  readonly hardware: string | undefined;
}

/**
 * The runs of a table with the BATCH_SUMMARY columns, one row a step. Optional columns `experiment`, `model`, `workload`, `tp` and
 * `hardware` say which run a row belongs to, or an `experiment` in the form `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`.
 *
 * @throws UserError where there is no row, or a label is wrong.
 */
function runsOf(path: string, { columns, locate }: TableColumns): readonly RunRecords[] {
  return rowsByRun(columns, path).map(({ labels, rows }): RunRecords => {
    const part = new Map([...columns].map(([name, cells]) => [name, cellsOf(cells, rows)]));
    return {
      place: path,
      ...factsOf(labels, path),
      assumed: { hardware: ASSUMED_HARDWARE },
      settings: {},
      steps: { file: path, columns: part, locate: (row, column) => locate(rows[row]!, column) },
      notes: ['stepId', STEP_COLUMNS.stepId].some((name) => part.has(name)) ? [] : [NO_IDS],
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
  const all = Array.from({ length }, (_, row) => row);
  const groups = groupBy(all, (row) => JSON.stringify(Object.values(labelsOf(columns, row))));
  return [...groups.values()].map((rows) => ({ labels: labelsOf(columns, rows[0]!), rows }));
}

function labelsOf(columns: RawColumns, row: number): Labels {
  const cell = (name: string): string | undefined => {
    const value = columns.get(name)?.[row];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
      ? String(value) || undefined
      : undefined;
  };
  return {
    experiment: cell('experiment'),
    model: cell('model'),
    workload: cell('workload'),
    tp: cell('tp'),
    hardware: cell('hardware'),
  };
}

function factsOf(labels: Labels, path: string): Pick<RunRecords, 'id' | 'model' | 'workload' | 'tp' | 'hardware'> {
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
    ...(labels.hardware !== undefined && { hardware: labels.hardware }),
  };
}
