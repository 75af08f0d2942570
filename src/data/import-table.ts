import { basename, extname } from 'node:path';
import { UserError } from '../base/index.ts';
import { architecture, canonicalModelName, hardware } from '../physics/index.ts';
import { readCsv, type CsvColumns } from './csv.ts';
import type { Dataset, Experiment } from './dataset.ts';
import { parseExperimentName } from './experiment-name.ts';
import { idleOption } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import { makeDataset } from './make-dataset.ts';
import { readParquet } from './parquet.ts';
import { locateRecord, type RawColumns, stepColumns } from './steps.ts';

/** How to read a table, by file extension. */
export const TABLE_READERS: Readonly<Record<string, (path: string) => Promise<CsvColumns>>> = {
  '.csv': readCsv,
  '.parquet': async (path) => ({
    columns: await readParquet(path),
    locate: locateRecord(path),
  }),
};

interface RunKey {
  readonly id: string;
  readonly model: string;
  readonly tp: number;
  readonly workload: string;
}

/** What the columns of a row say of its run. */
interface Labels {
  readonly experiment: string | undefined;
  readonly model: string | undefined;
  readonly workload: string | undefined;
  readonly tp: string | undefined;
}

/**
 * Imports one Parquet or CSV file with the BATCH_SUMMARY columns, one row a step. Optional columns `experiment`,
 * `model`, `workload` and `tp` say which run a row belongs to; without them the options say it, or an `experiment` in the
 * form `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`.
 *
 * @throws UserError where a column is missing, a cell is wrong, the run of a row is not known, or an option says of a run
 *   what the columns say of every row.
 */
export async function importTable(source: string, options: ImportOptions = {}): Promise<Dataset> {
  const reader = TABLE_READERS[extname(source).toLowerCase()];
  if (reader === undefined) {
    throw new UserError({
      code: 'data.unknown-format',
      place: { file: source },
      problem: `not a ${Object.keys(TABLE_READERS).join(' or ')} file`,
      mend: 'Give a Parquet or CSV file',
    });
  }
  const { columns, locate } = await reader(source);
  const groups = rowsByRun(columns, source, options);
  for (const name of ['model', 'workload', 'tp'] as const) {
    if (options[name] === undefined || groups.some(({ labels }) => labels[name] === undefined)) continue;
    throw idleOption(source, name, `the column \`${name}\` says this`);
  }
  const experiments = groups.map(({ key, rows }): Experiment => {
    const part = new Map([...columns].map(([name, cells]) => [name, rows.map((row) => cells[row])]));
    return {
      id: key.id,
      model: key.model,
      workload: key.workload,
      tp: key.tp,
      architecture: architecture(key.model, options.architectures).name,
      hardware: hardware(options.hardware ?? 'H100').name,
      blockSize: options.blockSize ?? 16,
      steps: stepColumns(part, source, (row, column) => locate(rows[row]!, column)),
    };
  });
  return makeDataset(source, experiments, options.architectures);
}

interface RunRows {
  readonly labels: Labels;
  readonly key: RunKey;
  readonly rows: readonly number[];
}

function rowsByRun(columns: RawColumns, source: string, options: ImportOptions): readonly RunRows[] {
  const length = [...columns.values()][0]?.length ?? 0;
  if (length === 0) {
    throw new UserError({
      code: 'data.no-rows',
      place: { file: source },
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
    else groups.set(label, { labels, key: runKey(labels, source, options), rows: [row] });
  }
  return [...groups.values()];
}

function runKey({ experiment, model, workload, tp }: Labels, source: string, options: ImportOptions): RunKey {
  const named = parseExperimentName(experiment ?? basename(source, extname(source)));
  const configured = options.architectures?.length === 1 ? options.architectures[0]!.name : undefined;
  const known = {
    model: model ?? options.model ?? configured ?? named?.model,
    workload: workload ?? options.workload ?? named?.workload ?? 'default',
    tp: Number(tp ?? options.tp ?? named?.tp),
  };
  if (known.model === undefined) {
    throw new UserError({
      code: 'data.unknown-run-model',
      place: { file: source },
      problem: 'the model of the rows is not known',
      mend: 'Add a column `model`, or name the model of the rows',
    });
  }
  if (!Number.isInteger(known.tp) || known.tp < 1) {
    throw new UserError({
      code: 'data.unknown-tp',
      place: { file: source },
      problem:
        tp === undefined
          ? 'the tensor parallelism of the rows is not known'
          : `column \`tp\` holds ${JSON.stringify(tp)}`,
      mend: 'Add a column `tp` of positive integers, or say how many GPUs share the model',
    });
  }
  const id =
    experiment ??
    (named ? basename(source, extname(source)) : `${canonicalModelName(known.model)}-tp${known.tp}-${known.workload}`);
  return { id, model: known.model, workload: known.workload, tp: known.tp };
}
