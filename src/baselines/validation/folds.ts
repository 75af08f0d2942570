import type { RegressionTable, TableExperiment } from '../../data/index.ts';
import { withoutSecondEntries } from '../../evaluate/index.ts';
import { type LabelledRows, someLabelledRows, type TrainingData } from '../rows.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import type { Part } from './parts.ts';
import { selectRows } from './select-rows.ts';

/** What may be learned where a part is held out. */
export interface Fold {
  /** Training and validation rows of the rest. */
  readonly table: RegressionTable;
  /** The same as baselines learn from them. */
  readonly data: TrainingData;
}

/** Of batches up to a limit, in time: so many are fitted on, the others choose. */
const TRAINING_SHARE = 0.75;

/**
 * The data without a part. Where batches above a limit are held out, validation rows are none of the data's own, which mostly are as
 * heavy as the test rows, but the last quarter of the light training rows; and clients' means of whole runs are nobody's.
 */
export function foldOf({ table, data }: Pick<GeneralisationInput, 'table' | 'data'>, { ids, limits }: Part): Fold {
  if (limits === undefined) {
    const held = new Set(ids);
    const isKept = ({ experiment }: LabelledRows): boolean => !held.has(experiment.id);
    return {
      table: selectRows(table, (index) => !held.has(table.experiments[index]!.id)),
      data: {
        train: data.train.filter(isKept),
        valid: data.valid.filter(isKept),
        measured: new Map([...data.measured].filter(([id]) => !held.has(id))),
        replayed: data.replayed.filter((id) => !held.has(id)),
      },
    };
  }
  const light = data.train
    .filter(({ experiment: { id } }) => limits[id] !== undefined && !data.replayed.includes(id))
    .map((part) => ({ part, rows: rowsWhere(part, (requests) => requests <= limits[part.experiment.id]!) }));
  const some = (pick: (rows: readonly number[]) => readonly number[]): readonly LabelledRows[] =>
    light.flatMap(({ part, rows }) => (pick(rows).length === 0 ? [] : [someLabelledRows(part, pick(rows))]));
  return {
    table: resplit(lightTable(table, limits, ['train'])),
    data: {
      train: some((rows) => rows.slice(0, cutOf(rows.length))),
      valid: some((rows) => rows.slice(cutOf(rows.length))),
      measured: new Map(),
      replayed: [],
    },
  };
}

/** Test rows of a part. */
export function rowsOfPart(test: readonly LabelledRows[], { ids, limits }: Part): readonly LabelledRows[] {
  const own = test.filter(({ experiment }) => ids.includes(experiment.id));
  if (limits === undefined) return own;
  return own.flatMap((part) => {
    const rows = rowsWhere(part, (requests) => requests > limits[part.experiment.id]!);
    return rows.length === 0 ? [] : [someLabelledRows(part, rows)];
  });
}

/** Recorded steps alone, of the given splits those whose batches have as many requests as the limit or fewer. */
export function lightTable(
  whole: RegressionTable,
  limits: Readonly<Record<string, number>>,
  splits: readonly string[],
): RegressionTable {
  const table = withoutSecondEntries(whole);
  return selectRows(table, (index, split, row) => {
    const { id, observations } = table.experiments[index]!;
    const limit = limits[id];
    if (limit === undefined || observations !== undefined) return false;
    return !splits.includes(split) || table.weights.e2e[row]! <= limit;
  });
}

/** A table whose validation rows are the last of its training rows, and whose own are nobody's. */
function resplit(table: RegressionTable): RegressionTable {
  const experiments = table.experiments.map((experiment): TableExperiment => {
    const [start, end] = experiment.rows.train;
    const cut = start + cutOf(end - start);
    const rows = { train: [start, cut], valid: [cut, end], test: [end, end] } as const;
    return { ...experiment, rows };
  });
  return { ...table, experiments };
}

function cutOf(rows: number): number {
  return Math.round(TRAINING_SHARE * rows);
}

function rowsWhere({ steps }: LabelledRows, isWanted: (requests: number) => boolean): readonly number[] {
  const { prefillRequests, decodeRequests } = steps;
  return [...prefillRequests.keys()].filter((row) => isWanted(prefillRequests[row]! + decodeRequests[row]!));
}
