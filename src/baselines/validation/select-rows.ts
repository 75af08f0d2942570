import {
  type Observations,
  type RegressionTable,
  type SplitName,
  SPLITS,
  type TableExperiment,
} from '../../data/index.ts';
import { gatherRequests } from '../../physics/index.ts';

/** Whether a row stays, by the index of its experiment. */
export type Keeps = (experiment: number, split: SplitName, row: number) => boolean;

/** Observations of a table that stay, and how far their rows move. */
interface Moved {
  readonly at: number;
  readonly by: number;
}

/**
 * A table of some rows of another one; experiments that keep no training row are left out. Where sums over rows were observed, an
 * experiment stays as a whole or not at all, as its first training row does. Feature ranges stay those of the whole: they say what
 * can be, not what was seen.
 */
export function selectRows(table: RegressionTable, keeps: Keeps): RegressionTable {
  const kept: number[] = [];
  const moved: Moved[] = [];
  const experiments = table.experiments.flatMap((experiment, index) => {
    const own = rowsKept(experiment, index, keeps);
    if (own.train.length === 0) return [];
    const by = kept.length - own.train[0]!;
    const ranges = SPLITS.map((split) => {
      const start = kept.length;
      for (const row of own[split]) kept.push(row);
      return [split, [start, kept.length]] as const;
    });
    const rows = Object.fromEntries(ranges) as TableExperiment['rows'];
    if (experiment.observations === undefined) return [{ ...experiment, rows }];
    const observed = SPLITS.map((split) => {
      const [from, to] = experiment.observations![split];
      const start = moved.length;
      for (let at = from; at < to; at++) moved.push({ at, by });
      return [split, [start, moved.length]] as const;
    });
    return [{ ...experiment, rows, observations: Object.fromEntries(observed) as TableExperiment['rows'] }];
  });
  const gather = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!);
  const { e2e, ttft, itl } = table.weights;
  return {
    features: table.features,
    columns: table.columns.map(gather),
    y: gather(table.y),
    weights: { e2e: gather(e2e), ttft: gather(ttft), itl: gather(itl) },
    experiments,
    ...(table.requests && { requests: gatherRequests(table.requests, kept) }),
    ...(table.steps && { steps: gather(table.steps) }),
    ...(table.observations && moved.length > 0 && { observations: observationsAt(table.observations, moved) }),
  };
}

function rowsKept(
  { rows, observations }: TableExperiment,
  index: number,
  keeps: Keeps,
): { readonly [S in SplitName]: readonly number[] } {
  const ofSplit = (split: SplitName): readonly number[] => {
    const [start, end] = rows[split];
    const all = Array.from({ length: end - start }, (_, i) => start + i);
    if (observations !== undefined) return keeps(index, 'train', rows.train[0]) ? all : [];
    return all.filter((row) => keeps(index, split, row));
  };
  return { train: ofSplit('train'), valid: ofSplit('valid'), test: ofSplit('test') };
}

function observationsAt(observations: Observations, moved: readonly Moved[]): Observations {
  const all = entriesAt(
    observations,
    moved.map(({ at }) => at),
  );
  const shifted = (rows: Int32Array): Int32Array => rows.map((row, i) => row + moved[i]!.by);
  return { ...all, start: shifted(all.start), end: shifted(all.end) };
}

/** Some entries of columns, those of groups of columns too. */
function entriesAt<C extends object>(columns: C, at: readonly number[]): C {
  const gathered = Object.entries(columns).map(([name, column]: [string, Float64Array | object]) => {
    if (!ArrayBuffer.isView(column)) return [name, entriesAt(column, at)];
    const values = column as Float64Array;
    // Entries may come twice: what was reported trains and validates.
    const Columns = values.constructor as Float64ArrayConstructor;
    return [name, Columns.from(at, (entry) => values[entry]!)];
  });
  return Object.fromEntries(gathered) as C;
}
