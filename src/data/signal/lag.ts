import { bootstrap, createRandom } from '../../numeric/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import { splitRanges } from '../split.ts';
import { cyclePairs } from './cycles.ts';
import { judgeCycles } from './judge.ts';
import { cycleLine, type SizedCycles } from './cycle-line.ts';

/** Which batch explains the cycle of a step, as its records tell. */
export interface LagEvidence {
  /** Cycles whose step, the one before and the one after were all recorded; test rows are not among them. */
  readonly triples: number;
  /** Mean |line / cycle − 1| in percent, by a line in the tokens of the step's own batch; null where there are too few triples. */
  readonly error0: number | null;
  /** The same by the batch of the step before. */
  readonly error1: number | null;
  /** Interval of `error0 − error1`, 95 %. */
  readonly difference: readonly [low: number, high: number] | null;
  /** The batch that explains cycles better; `undecided` where the records do not tell. */
  readonly verdict: 'own batch' | 'batch before' | 'undecided';
}

/** Fewer triples decide nothing. */
const LEAST_TRIPLES = 20;
/** A batch that explains cycles better does so by this share of the error at least; less is a matter of the line. */
const LEAST_GAIN = 0.15;
const RESAMPLES = 500;

/**
 * Compares the two batches on the same cycles, each by a robust line of its own. With asynchronous scheduling a batch runs while
 * the next one is scheduled, and its time shows one step later. Batches that differ little from step to step tell nothing.
 */
export function lagEvidence(steps: StepColumns, engines?: Float64Array): LagEvidence {
  const cycles = cyclePairs(steps, engines, 1);
  const { disturbed } = judgeCycles(steps, cyclesOfOwnBatch(cycles));
  const [, lastRow] = splitRanges(steps.stepId.length).valid;
  const used = Int32Array.from(cycles.index, (_, at) => at).filter(
    (at) => cycles.next[at]! < lastRow && disturbed[at] === undefined && cycles.cycleUs[at]! > 0,
  );
  const own = errorsBy(steps, cycles.first, cycles.cycleUs, used);
  const before = errorsBy(steps, cycles.index, cycles.cycleUs, used);
  if (used.length < LEAST_TRIPLES || own === undefined || before === undefined) {
    return { triples: used.length, error0: null, error1: null, difference: null, verdict: 'undecided' };
  }
  const error0 = meanPercent(own);
  const error1 = meanPercent(before);
  const { low, high } = bootstrap([used.length], ([rows]) => meanOf(rows!, (at) => 100 * (own[at]! - before[at]!)), {
    random: createRandom(1),
    resamples: RESAMPLES,
  });
  return {
    triples: used.length,
    error0,
    error1,
    difference: [low!, high!],
    verdict: verdictOf(error0, error1, low!, high!),
  };
}

function verdictOf(error0: number, error1: number, low: number, high: number): LagEvidence['verdict'] {
  if (low > 0 && error0 - error1 > LEAST_GAIN * error0) return 'batch before';
  if (high < 0 && error1 - error0 > LEAST_GAIN * error1) return 'own batch';
  return 'undecided';
}

/** A stall is none the less one for the batch it is compared with. */
function cyclesOfOwnBatch(cycles: ReturnType<typeof cyclePairs>): ReturnType<typeof cyclePairs> {
  return { ...cycles, index: cycles.first };
}

function errorsBy(
  steps: StepColumns,
  index: Int32Array,
  cycleUs: Float64Array,
  used: Int32Array,
): Float64Array | undefined {
  const sized: SizedCycles = {
    decodeTokens: Float64Array.from(used, (at) => steps.decodeTokens[index[at]!]! || 0),
    prefillTokens: Float64Array.from(used, (at) => steps.prefillTokens[index[at]!]! || 0),
    cycleUs: Float64Array.from(used, (at) => cycleUs[at]!),
  };
  const line = cycleLine(
    sized,
    Int32Array.from(used, (_, at) => at),
  );
  return (
    line && sized.cycleUs.map((us, at) => Math.abs(line.at(sized.decodeTokens[at]!, sized.prefillTokens[at]!) / us - 1))
  );
}

function meanPercent(errors: Float64Array): number {
  return 100 * (errors.reduce((sum, error) => sum + error, 0) / errors.length);
}

function meanOf(rows: Int32Array, value: (at: number) => number): number {
  return rows.reduce((sum, at) => sum + value(at), 0) / rows.length;
}
