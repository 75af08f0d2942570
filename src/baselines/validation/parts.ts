import {
  type Experiment,
  modelKey,
  type RegressionTable,
  splitRanges,
  type TableExperiment,
} from '../../data/index.ts';
import { withoutSecondEntries } from '../../evaluate/index.ts';
import { mean, median } from '../../numeric/index.ts';
import { whereOf } from '../rows.ts';
import type { Checked } from './checked.ts';
import type { GeneralisationInput } from './generalisation-input.ts';

/** A part of the data that is held out. */
export interface Part {
  /** A model key, a workload, a kind of GPU, or what it is in words. */
  readonly heldOut: string;
  /** Ids of the experiments it is of, in the order of the data. */
  readonly ids: readonly string[];
  /** Whether it is predicted with constants of all other experiments together, though some may be of its group. */
  readonly pooledOnly: boolean;
  /**
   * Where the part is batches and no whole experiments: the most requests of a batch that stays, by experiment. What of the
   * data has no such limit stays out of the fits as well.
   */
  readonly limits?: Readonly<Record<string, number>>;
}

/** The ways of holding out, by their names in the document of a validation. */
export const HOLD_OUTS = [
  'leaveOneModelOut',
  'leaveOneWorkloadOut',
  'leaveOneGpuOut',
  'leaveHighLoadOut',
  'lowToHighLoad',
] as const;
export type HoldOutName = (typeof HOLD_OUTS)[number];

/** What of the data the parts are made of; no time of a test row is looked at. */
export type Whole = Pick<GeneralisationInput, 'dataset' | 'table' | 'served'>;

/** The parts of each way of holding out. */
export const PARTS: { readonly [N in HoldOutName]: (whole: Whole) => Checked<readonly Part[]> } = {
  leaveOneModelOut: (whole) => partsBy(whole, 'model', modelKey, true),
  leaveOneWorkloadOut: (whole) => partsBy(whole, 'workload', ({ workload }) => workload, false),
  leaveOneGpuOut: (whole) =>
    partsBy(whole, 'kind of GPU', (experiment) => whereOf(whole.dataset, experiment).context.hardware.name, true),
  leaveHighLoadOut: highestLoads,
  lowToHighLoad: heavyBatches,
};

/** One part after the other: experiments of equal key. */
function partsBy(
  whole: Whole,
  what: string,
  keyOf: (experiment: Experiment) => string,
  pooledOnly: boolean,
): Checked<readonly Part[]> {
  const used = usedExperiments(whole);
  const keys = [...new Set(used.map(keyOf))].sort();
  if (keys.length < 2) return { impossible: `all experiments have one ${what}: ${keys.join()}` };
  return keys.map((heldOut) => ({ heldOut, ids: idsOf(used.filter((each) => keyOf(each) === heldOut)), pooledOnly }));
}

/** Loads that differ by less than this factor are alike: nothing is extrapolated between them. */
const LOAD_FACTOR = 1.25;

/**
 * The experiments of each model above the widest gap between its loads, all together. The load of an experiment is the mean number of
 * requests in a step of its training rows, recorded or replayed.
 */
function highestLoads(whole: Whole): Checked<readonly Part[]> {
  const loads = new Map(
    withoutSecondEntries(whole.table).experiments.flatMap((entry) => {
      const load = loadOf(whole.table, entry);
      return Number.isFinite(load) ? [[entry.id, load] as const] : [];
    }),
  );
  const used = usedExperiments(whole).filter(({ id }) => loads.has(id));
  const heavy = [...new Set(used.map(modelKey))].flatMap((key) => {
    const own = used.filter((each) => modelKey(each) === key).sort((a, b) => loads.get(a.id)! - loads.get(b.id)!);
    const gaps = own.slice(1).map(({ id }, at) => loads.get(id)! / loads.get(own[at]!.id)!);
    const widest = Math.max(...gaps);
    return widest >= LOAD_FACTOR ? own.slice(1 + gaps.indexOf(widest)) : [];
  });
  if (heavy.length === 0)
    return { impossible: `no model was measured at loads that differ by a factor of ${LOAD_FACTOR}` };
  const ids = idsOf(used.filter((each) => heavy.includes(each)));
  return [{ heldOut: 'high load', ids, pooledOnly: false }];
}

/** Mean requests of a step; a row may stand for several equal steps. */
function loadOf({ weights, steps }: RegressionTable, { rows }: TableExperiment): number {
  const requests = weights.e2e.subarray(...rows.train);
  const counts = steps?.subarray(...rows.train);
  if (counts === undefined) return mean(requests);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return requests.reduce((sum, each, row) => sum + each * counts[row]!, 0) / total;
}

/** Test batches of more requests than the median training batch of their experiment. */
function heavyBatches({ dataset, table }: Whole): Checked<readonly Part[]> {
  // Of requests that were observed nobody knows which batch took how long.
  const stepped = table.experiments.filter(
    ({ observations, rows: { train } }) => observations === undefined && train[1] > train[0],
  );
  if (stepped.length === 0) return { impossible: 'no steps were recorded' };
  const limits = Object.fromEntries(
    stepped.map(({ id, rows: { train } }) => [id, median(table.weights.e2e.subarray(...train))]),
  );
  const isHeavy = ({ id, steps }: Experiment): boolean => {
    const limit = limits[id];
    if (limit === undefined || steps === undefined) return false;
    const requests = steps.prefillRequests.map((count, row) => count + steps.decodeRequests[row]!);
    return requests.subarray(...splitRanges(requests.length).test).some((count) => count > limit);
  };
  const heavy = dataset.experiments.filter(isHeavy);
  if (heavy.length === 0) return { impossible: 'no test row has more requests than the median training row' };
  return [{ heldOut: 'batches above the limits', ids: idsOf(heavy), pooledOnly: false, limits }];
}

/** Experiments that the table has rows of, or that are served. */
function usedExperiments({ dataset, table, served = [] }: Whole): readonly Experiment[] {
  const ids = new Set([...table.experiments, ...served].map(({ id }) => id));
  return dataset.experiments.filter(({ id }) => ids.has(id));
}

function idsOf(experiments: readonly Experiment[]): readonly string[] {
  return experiments.map(({ id }) => id);
}
