import { mean, pearson, quantile, type RowRange } from '../numeric/index.ts';
import { COMPARED_BLOCKS, timeBlocks } from './blocks.ts';
import type { ObservedKind, ObservedPart, ObservedReport, RequestWeights } from './observed-part.ts';
import { IS_BY_ROW } from './objectives.ts';
import type { ExperimentMetrics, ObjectiveName } from './types.ts';

/** Weight of the error of a 90th percentile beside that of a mean. */
export const P90_WEIGHT = 0.5;

/**
 * Metrics of an experiment whose requests were observed, in percent but for `pearson`. What is averaged over rows elsewhere is
 * averaged over requests here: over their E2E or, where that was not observed, over the longest times that were. Blocks of time
 * are blocks of requests. Of reports the means and percentiles of each stage are judged, and stages stand for requests: figures are
 * means over stages, and stages are the blocks of time.
 *
 * @param p predicted sums, in the order of the observations
 */
export function observedMetrics(
  id: string,
  observed: ObservedPart,
  p: Float64Array,
  weights: RequestWeights,
): ExperimentMetrics {
  const { kinds } = observed;
  const [longest] = kinds;
  const [predicted, measured] = comparedOf(longest, observed, p);
  const signed = predicted.map((value, i) => 100 * (value / measured[i]! - 1));
  const absolute = signed.map(Math.abs);
  const errors = { e2e: { mean: 0, p90: 0 }, ttft: { mean: 0, p90: 0 }, itl: { mean: 0, p90: 0 } };
  let sum = 0;
  let total = 0;
  for (const { kind, range, reports, ...of } of kinds) {
    const judged = reports?.map((report) => ({ range: report.range, ...figuresOf(report, observed) }));
    const error = meanError(
      (judged ?? [{ range, ...of }]).map((each) => {
        const own = perRequest(observed, p, each.range);
        return { mean: errorOf(mean(own), each.mean), p90: errorOf(quantile(own, 0.9), each.p90) };
      }),
    );
    errors[kind] = error;
    sum += weights[kind] * (error.mean + P90_WEIGHT * error.p90);
    total += weights[kind] * (1 + P90_WEIGHT);
  }
  return {
    id,
    rows: measured.length,
    mape: mean(absolute),
    mspe: mean(signed),
    pearson: pearson(predicted, measured),
    p99: quantile(absolute, 0.99),
    e2eError: errors.e2e.mean,
    prefillWeightedError: null,
    decodeWeightedError: null,
    e2eBlockError: mean(
      timeBlocks([0, measured.length], longest?.reports?.length).map((block) =>
        errorOf(mean(predicted.subarray(...block)), mean(measured.subarray(...block))),
      ),
    ),
    requests: {
      replayError: total > 0 ? sum / total : 0,
      ttftError: errors.ttft.mean,
      itlError: errors.itl.mean,
      e2eP90Error: errors.e2e.p90,
      ttftP90Error: errors.ttft.p90,
      itlP90Error: errors.itl.p90,
    },
  };
}

/**
 * Errors in the blocks of requests in which programs are compared, by an objective, percent. By `replay` it is the error that this
 * objective has of an experiment, in each block. Blocks of reports are the reports.
 *
 * @param p predicted sums, in the order of the observations
 */
export function observedBlockErrors(
  objective: ObjectiveName,
  observed: ObservedPart,
  p: Float64Array,
  weights: RequestWeights,
): readonly number[] {
  if (objective === 'replay') return replayBlockErrors(observed, p, weights);
  const [longest] = observed.kinds;
  const [predicted, measured] = comparedOf(longest, observed, p);
  return timeBlocks([0, measured.length], longest?.reports?.length ?? COMPARED_BLOCKS).map((block) => {
    const [own, seen] = [predicted.subarray(...block), measured.subarray(...block)];
    return IS_BY_ROW[objective] ? mean(own.map((us, i) => errorOf(us, seen[i]!))) : errorOf(mean(own), mean(seen));
  });
}

function replayBlockErrors(observed: ObservedPart, p: Float64Array, weights: RequestWeights): readonly number[] {
  const sums: number[] = [];
  const totals: number[] = [];
  for (const { kind, range, reports } of observed.kinds) {
    const blocks = reports?.map((report) => report.range) ?? timeBlocks(range, COMPARED_BLOCKS);
    for (const [at, block] of blocks.entries()) {
      const own = perRequest(observed, p, block);
      const seen = perRequest(observed, observed.y, block);
      const report = reports?.[at] && figuresOf(reports[at], observed);
      const error =
        errorOf(mean(own), report?.mean ?? mean(seen)) +
        P90_WEIGHT * errorOf(quantile(own, 0.9), report?.p90 ?? quantile(seen, 0.9));
      sums[at] = (sums[at] ?? 0) + weights[kind] * error;
      totals[at] = (totals[at] ?? 0) + weights[kind] * (1 + P90_WEIGHT);
    }
  }
  return sums.map((sum, at) => (totals[at]! > 0 ? sum / totals[at]! : 0));
}

/** What is compared of a kind: each request, or the means of each stage. */
function comparedOf(
  kind: ObservedKind | undefined,
  { y }: ObservedPart,
  p: Float64Array,
): readonly [predicted: Float64Array, measured: Float64Array] {
  const { range = [0, 0], reports } = kind ?? {};
  if (reports === undefined) return [p.subarray(...range), y.subarray(...range)];
  return [
    Float64Array.from(reports, (report) => mean(p.subarray(...report.range))),
    Float64Array.from(reports, (report) => mean(y.subarray(...report.range))),
  ];
}

/** Values of some observations in the unit of means over requests. */
function perRequest({ perToken }: ObservedPart, column: Float64Array, [start, end]: RowRange): Float64Array {
  return column.subarray(start, end).map((value, i) => value * perToken[start + i]!);
}

/** What a report says, in the unit of means over requests; a mean without a percentile counts as both. */
function figuresOf({ range, p90 }: ObservedReport, observed: ObservedPart): Figures {
  const reported = mean(perRequest(observed, observed.y, range));
  return { mean: reported, p90: Number.isNaN(p90) ? reported : (p90 / observed.y[range[0]]!) * reported };
}

interface Figures {
  readonly mean: number;
  readonly p90: number;
}

function meanError(errors: readonly Figures[]): Figures {
  return { mean: mean(errors.map((error) => error.mean)), p90: mean(errors.map((error) => error.p90)) };
}

function errorOf(predicted: number, measured: number): number {
  return 100 * Math.abs(predicted / measured - 1);
}
