import { gatherRequests, type RequestRows, STEP_COLUMNS, type StepColumns } from '../physics/index.ts';
import { NO_OVERHEADS } from './clients/overheads.ts';
import type { ExperimentEntry } from './dataset-document.ts';
import type { StoredRows } from './experiment-tables.ts';
import { Doubles, RowNumbers, type WritableColumn } from './files/row-numbers.ts';
import type { Replay } from './replay/replay.ts';
import { COLUMN_NAMES } from './steps/column-names.ts';
import { numbers, offsetsOf, ROW } from './stored-columns.ts';

export type Columns = readonly (readonly [name: string, column: WritableColumn])[];

/** The tables of a replay: its rows, the places of requests in them, and the requests of each row one by one. */
interface StoredReplay {
  readonly steps: StoredRows | undefined;
  readonly places: StoredRows | undefined;
  readonly batches: StoredRows | undefined;
}

const COUNT = 'count';
const PLACES = ['arrivalRow', 'arrivalHead', 'firstTokenRow', 'lastTokenRow'] as const;
const BATCH_COLUMNS = ['context', 'newTokens', 'promptTokens'] as const;

export function replayColumns({ steps, counts }: Replay): Columns {
  return [...COLUMN_NAMES.map((name) => [STEP_COLUMNS[name], steps[name]] as const), [COUNT, counts]];
}

export function placeColumns(replay: Replay): Columns {
  return PLACES.map((name) => [name, Float64Array.from(replay[name])]);
}

export function batchColumns(requests: RequestRows): Columns {
  return [
    [ROW, new RowNumbers(requests.offsets)],
    ...BATCH_COLUMNS.map((name) => [name, new Doubles(requests[name])] as const),
  ];
}

/** Requests whose places in a replay are known. */
export function placesOf({ replay, requests = 0 }: ExperimentEntry): number {
  return replay === undefined ? 0 : (replay.requests ?? requests);
}

/** A replay as it was stored. Its rows may be means over batches, so that they are no records to be checked. */
export function replayOf({ steps, places, batches }: StoredReplay, entry: ExperimentEntry): Replay {
  const { rows, overheads } = entry.replay ?? { rows: 0, overheads: NO_OVERHEADS };
  const place = (name: (typeof PLACES)[number]): Float64Array => numbers(places, name, placesOf(entry));
  return Object.freeze({
    steps: stepsOf(steps, rows),
    counts: numbers(steps, COUNT, rows),
    ...(entry.replay?.batches !== undefined && { requests: batchesOf(batches, rows, entry.replay.batches) }),
    arrivalRow: Int32Array.from(place('arrivalRow')),
    arrivalHead: place('arrivalHead'),
    firstTokenRow: Int32Array.from(place('firstTokenRow')),
    lastTokenRow: Int32Array.from(place('lastTokenRow')),
    overheads,
  });
}

function stepsOf(stored: StoredRows | undefined, rows: number): StepColumns {
  const columns = COLUMN_NAMES.map((name) => [name, numbers(stored, STEP_COLUMNS[name], rows)]);
  return Object.freeze(Object.fromEntries(columns)) as StepColumns;
}

function batchesOf(stored: StoredRows | undefined, rows: number, requests: number): RequestRows {
  const column = (name: (typeof BATCH_COLUMNS)[number]): Float64Array => numbers(stored, name, requests);
  const offsets = offsetsOf(numbers(stored, ROW, requests), rows);
  const wide = {
    offsets,
    context: column('context'),
    newTokens: column('newTokens'),
    promptTokens: column('promptTokens'),
  };
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return gatherRequests(wide, all);
}
