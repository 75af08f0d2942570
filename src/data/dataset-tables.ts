import { join } from 'node:path';
import { type FolderFile, UserError } from '../base/index.ts';
import { type BatchState, STATE_COLUMN_NAMES, STEP_COLUMNS, type StateColumn } from '../physics/index.ts';
import { COLUMN_NAMES, READ_COLUMNS } from './steps/column-names.ts';
import type { Experiment } from './dataset.ts';
import { MEND, type ExperimentEntry } from './dataset-document.ts';
import { type ExperimentColumns, experimentTable, readExperimentTable, type StoredRows } from './experiment-tables.ts';
import { KV_EVENT_NAMES, type KvEvents } from './kv-events.ts';
import { REQUEST_COLUMN_NAMES, type RequestColumn, type RequestColumns } from './requests.ts';
import { POINT_COLUMN_NAMES, type PointColumns } from './points/points.ts';
import { RowNumbers } from './files/row-numbers.ts';
import { batchColumns, type Columns, placeColumns, placesOf, replayColumns, replayOf } from './replay-tables.ts';
import { integers, numbers, offsetsOf, ROW } from './stored-columns.ts';
import { locateRecord, storedSteps } from './steps/steps.ts';

type Tables = Readonly<Record<TableName, ReadonlyMap<string, StoredRows>>>;
type TableName = keyof typeof TABLES;

const ENGINE = 'engine';

/** One Parquet file each beside `dataset.json`; those of requests and of batches are there where some were recorded. */
const TABLES = {
  steps: {
    file: 'steps.parquet',
    columns: ({ steps, engines, kvEvents }: Experiment): Columns | undefined =>
      steps && [
        ...COLUMN_NAMES.map((name) => [STEP_COLUMNS[name], steps[name]] as const),
        ...(steps.kvTokens === undefined ? [] : [[READ_COLUMNS.kvTokens, steps.kvTokens] as const]),
        ...(engines === undefined ? [] : [[ENGINE, engines] as const]),
        ...(kvEvents === undefined ? [] : KV_EVENT_NAMES.map((name) => [`kv.${name}`, kvEvents[name]] as const)),
      ],
    rows: ({ rows }: ExperimentEntry): number => rows,
  },
  state: {
    file: 'state.parquet',
    columns: ({ state }: Experiment): Columns | undefined =>
      state && [
        [ROW, new RowNumbers(state.offsets)],
        ...STATE_COLUMN_NAMES.map((name) => [name, state[name]] as const),
      ],
    rows: ({ state = 0 }: ExperimentEntry): number => state,
  },
  requests: {
    file: 'requests.parquet',
    columns: ({ requests }: Experiment): Columns | undefined =>
      requests && REQUEST_COLUMN_NAMES.map((name) => [name, requests[name]]),
    rows: ({ requests = 0 }: ExperimentEntry): number => requests,
  },
  tokenTimes: {
    file: 'token-times.parquet',
    columns: ({ requests }: Experiment): Columns | undefined =>
      requests?.tokenTimes && [
        [ROW, new RowNumbers(requests.tokenTimes.offsets)],
        ['us', requests.tokenTimes.us],
      ],
    rows: ({ tokenTimes = 0 }: ExperimentEntry): number => tokenTimes,
  },
  points: {
    file: 'points.parquet',
    columns: ({ points }: Experiment): Columns | undefined =>
      points && POINT_COLUMN_NAMES.map((name) => [name, points[name]]),
    rows: ({ points = 0 }: ExperimentEntry): number => points,
  },
  replay: {
    file: 'replay.parquet',
    columns: ({ replay }: Experiment): Columns | undefined => replay && replayColumns(replay),
    rows: ({ replay }: ExperimentEntry): number => replay?.rows ?? 0,
  },
  places: {
    file: 'replay-requests.parquet',
    columns: ({ replay }: Experiment): Columns | undefined => replay && placeColumns(replay),
    rows: placesOf,
  },
  batches: {
    file: 'replay-batches.parquet',
    columns: ({ replay }: Experiment): Columns | undefined => replay?.requests && batchColumns(replay.requests),
    rows: ({ replay }: ExperimentEntry): number => replay?.batches ?? 0,
  },
} as const;

const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** The files that a dataset's tables may be in. */
export const TABLE_FILES: readonly string[] = TABLE_NAMES.map((name) => TABLES[name].file);

/** The tables of some experiments; that of steps is always there. */
export function tableFiles(experiments: readonly Experiment[]): readonly FolderFile[] {
  return TABLE_NAMES.flatMap((name) => {
    const { file, columns } = TABLES[name];
    const parts = experiments.flatMap((experiment): readonly ExperimentColumns[] => {
      const own = columns(experiment);
      return own === undefined ? [] : [{ id: experiment.id, columns: new Map(own) }];
    });
    if (parts.length === 0 && name !== 'steps') return [];
    const names = [...new Set(parts.flatMap((part) => [...part.columns.keys()]))];
    const all = names.length === 0 ? COLUMN_NAMES.map((column) => STEP_COLUMNS[column]) : names;
    return [{ path: file, content: experimentTable(all, parts) }];
  });
}

/** What the document says of the tables of an experiment. */
export function tableEntry({
  steps,
  engines,
  kvEvents,
  state,
  requests,
  points,
  replay,
}: Experiment): Pick<
  ExperimentEntry,
  'rows' | 'engines' | 'kvEvents' | 'state' | 'requests' | 'tokenTimes' | 'originNs' | 'points' | 'replay'
> {
  return {
    rows: steps?.stepId.length ?? 0,
    ...(engines && { engines: new Set(engines).size }),
    ...(kvEvents && { kvEvents: true }),
    ...(state && { state: state.newTokens.length }),
    ...(requests && { requests: requests.arrivalUs.length }),
    ...(requests?.tokenTimes && { tokenTimes: requests.tokenTimes.us.length }),
    ...(requests?.originNs !== undefined && { originNs: requests.originNs }),
    ...(points && { points: points.clients.length }),
    ...(replay && {
      replay: {
        rows: replay.counts.length,
        ...(requests === undefined && { requests: replay.arrivalRow.length }),
        ...(replay.requests && { batches: replay.requests.newTokens.length }),
        overheads: replay.overheads,
      },
    }),
  };
}

/**
 * Reads the tables of a dataset.
 *
 * @param document where the entries stand, for errors.
 * @returns by id of the experiment.
 * @throws UserError where a file is missing, or has not the records that the entries say.
 */
export async function readTables(
  folder: string,
  entries: readonly ExperimentEntry[],
  document: string,
): Promise<
  (
    entry: ExperimentEntry,
  ) => Pick<Experiment, 'steps' | 'engines' | 'state' | 'requests' | 'kvEvents' | 'points' | 'replay'>
> {
  const read = await Promise.all(
    TABLE_NAMES.map(async (name) => {
      const { file, rows } = TABLES[name];
      const path = join(folder, file);
      if (name !== 'steps' && entries.every((entry) => rows(entry) === 0)) return [name, new Map()] as const;
      const table = await readExperimentTable(path, MEND);
      for (const entry of entries) {
        const found = table.get(entry.id)?.records.length ?? 0;
        if (found === rows(entry)) continue;
        throw new UserError({
          code: 'data.wrong-dataset',
          place: { file: path },
          problem: `${found} records of \`${entry.id}\` where ${document} says ${rows(entry)}`,
          mend: MEND,
        });
      }
      return [name, table] as const;
    }),
  );
  const tables = Object.fromEntries(read) as Tables;
  return (entry) => ({
    ...stepsOf(tables.steps.get(entry.id), join(folder, TABLES.steps.file), entry),
    ...(entry.state !== undefined && { state: stateOf(tables.state.get(entry.id), entry) }),
    ...(entry.requests !== undefined && {
      requests: requestsOf(tables.requests.get(entry.id), tables.tokenTimes.get(entry.id), entry),
    }),
    ...(entry.points !== undefined && { points: pointsOf(tables.points.get(entry.id), entry.points) }),
    ...(entry.replay !== undefined && {
      replay: replayOf(
        {
          steps: tables.replay.get(entry.id),
          places: tables.places.get(entry.id),
          batches: tables.batches.get(entry.id),
        },
        entry,
      ),
    }),
  });
}

function stepsOf(
  stored: StoredRows | undefined,
  path: string,
  { rows, engines, kvEvents }: ExperimentEntry,
): Pick<Experiment, 'steps' | 'engines' | 'kvEvents'> {
  if (stored === undefined) return {};
  const known = engines === undefined ? new Float64Array(rows) : numbers(stored, ENGINE, rows);
  const ordered = storedSteps(stored.columns, path, locateRecord(path, stored.records), known);
  return {
    steps: ordered.steps,
    ...(ordered.engines && { engines: ordered.engines }),
    ...(kvEvents && { kvEvents: kvEventsOf(stored, rows) }),
  };
}

function kvEventsOf(stored: StoredRows, rows: number): KvEvents {
  const columns = KV_EVENT_NAMES.map((name) => [name, numbers(stored, `kv.${name}`, rows)]);
  return Object.freeze(Object.fromEntries(columns)) as KvEvents;
}

function stateOf(stored: StoredRows | undefined, { rows, state = 0 }: ExperimentEntry): BatchState {
  const columns = Object.fromEntries(STATE_COLUMN_NAMES.map((name) => [name, integers(stored, name, state)])) as {
    [K in StateColumn]: Int32Array;
  };
  return Object.freeze({ ...columns, offsets: offsetsOf(numbers(stored, ROW, state), rows) });
}

function pointsOf(stored: StoredRows | undefined, count: number): PointColumns {
  const columns = POINT_COLUMN_NAMES.map((name) => [name, numbers(stored, name, count)]);
  return Object.freeze(Object.fromEntries(columns)) as PointColumns;
}

function requestsOf(
  stored: StoredRows | undefined,
  tokens: StoredRows | undefined,
  { requests = 0, tokenTimes, originNs }: ExperimentEntry,
): RequestColumns {
  const columns = Object.fromEntries(REQUEST_COLUMN_NAMES.map((name) => [name, numbers(stored, name, requests)])) as {
    [K in RequestColumn]: Float64Array;
  };
  return Object.freeze({
    ...columns,
    ...(originNs !== undefined && { originNs }),
    ...(tokenTimes !== undefined && {
      tokenTimes: Object.freeze({
        offsets: offsetsOf(numbers(tokens, ROW, tokenTimes), requests),
        us: numbers(tokens, 'us', tokenTimes),
      }),
    }),
  });
}
