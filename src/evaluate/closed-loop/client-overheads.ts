import type { ClientLoad, ClientOverheads } from '../../data/index.ts';
import { median, type RowRange } from '../../numeric/index.ts';
import type { RequestPaths } from '../../serving/index.ts';

/**
 * What clients saw beyond the steps of an engine that is simulated: the median of what first tokens came later than simulated, and
 * of what answers ended after their last tokens; none where nobody measured it. Of reports it is the least difference of
 * the means of a stage, as a queue adds to the others. The time of a token on its way out cannot be told from a step's here, so it is 0.
 *
 * @param range requests that may be looked at.
 */
export function clientOverheads(
  { requests, measured, reported }: ClientLoad,
  { firstTokenUs }: Pick<RequestPaths, 'firstTokenUs'>,
  [start, end]: RowRange,
): ClientOverheads {
  const known = (of: (r: number) => number): readonly number[] =>
    Array.from({ length: end - start }, (_, at) => of(start + at)).filter(Number.isFinite);
  const simulated = (r: number): number => firstTokenUs[r]! - requests.arrivalUs[r]!;
  if (measured === undefined) {
    const late = (reported?.stages ?? []).map(({ range, report }) => {
      const own = known(simulated).slice(range[0] - start, range[1] - start);
      return 1000 * report.ttftMs.mean - own.reduce((sum, us) => sum + us, 0) / own.length;
    });
    return { requestUs: late.length === 0 ? 0 : Math.max(0, Math.min(...late)), completionUs: 0, tokenUs: 0 };
  }
  return {
    requestUs: medianAtLeast0(known((r) => measured.firstTokenUs[r]! - firstTokenUs[r]!)),
    completionUs: medianAtLeast0(completionTimesUs(measured, [start, end])),
    tokenUs: 0,
  };
}

/** From the last token of each request to the end of its answer, µs, where both were measured. */
export function completionTimesUs(
  { departedUs, lastTokenUs }: NonNullable<ClientLoad['measured']>,
  [start, end]: RowRange,
): readonly number[] {
  return Array.from(departedUs.subarray(start, end), (us, at) => us - lastTokenUs[start + at]!).filter(Number.isFinite);
}

/** The median of times; 0 where there are none, and where it is below. */
export function medianAtLeast0(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(0, median(values));
}
