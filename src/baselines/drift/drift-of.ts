import { bootstrap, mean, type Random, sum } from '../../numeric/index.ts';

/** A change in points of per cent, with its 95 % interval by block bootstrap; no interval where there is one value. */
export interface Change {
  /** By how much. */
  readonly points: number;
  /** Lower end of the interval. */
  readonly low: number | null;
  /** Upper end of the interval. */
  readonly high: number | null;
}

/** Relative residuals of rows of one experiment, ascending in time, and what they were at the export. */
export interface Stratum {
  readonly residuals: Float64Array;
  /** Bias and MAPE that are held against them, percent; where it is not known, a bias of 0 and no MAPE. */
  readonly before: { readonly bias: number; readonly mape: number | null };
}

/** Points of bias or of error that say something: as the bound on the bias of a model, INV-M-6. */
export const TOLERANCE_POINTS = 5;
const RESAMPLES = 500;

/** Mean residuals over all rows of the strata, and what they were at the export, weighted as the rows now are. */
export function biasesOf(strata: readonly Stratum[]): { readonly now: number; readonly before: number } {
  const count = sum(strata.map(({ residuals }) => residuals.length));
  return {
    now: sum(strata.map(({ residuals }) => sum(residuals))) / count,
    before: sum(strata.map(({ residuals, before }) => residuals.length * before.bias)) / count,
  };
}

/** Change of the mean residual since the export, over all rows of the strata. */
export function driftOf(strata: readonly Stratum[], random: Random): Change {
  return changeOf(
    strata.map(({ residuals, before }) => residuals.map((value) => value - before.bias)),
    random.split('drift'),
  );
}

/** How much larger residuals are than they were at the export; undefined where that is not known. */
export function growthOf(strata: readonly Stratum[], random: Random): Change | undefined {
  const known = strata.every(({ before }) => before.mape !== null);
  if (!known) return undefined;
  return changeOf(
    strata.map(({ residuals, before }) => residuals.map((value) => Math.abs(value) - before.mape!)),
    random.split('growth'),
  );
}

/** Whether a change is larger than what is tolerated, and none of chance. */
export function isBeyond({ points, low, high }: Change, side: 'either' | 'above'): boolean {
  const isSure = low === null || high === null || low > 0 || high < 0;
  return isSure && (side === 'either' ? Math.abs(points) : points) > TOLERANCE_POINTS;
}

/** The mean over all values of some strata; blocks of √n neighbours are drawn together, which are alike. */
function changeOf(strata: readonly Float64Array[], random: Random): Change {
  const sizes = strata.map(({ length }) => length);
  const count = sum(sizes);
  const points = sum(strata.map(sum)) / count;
  if (count < 2) return { points, low: null, high: null };
  const statistic = (drawn: readonly Int32Array[]): number => {
    let total = 0;
    for (const [at, rows] of drawn.entries()) for (const row of rows) total += strata[at]![row]!;
    return total / count;
  };
  const blockLength = Math.max(1, Math.round(Math.sqrt(mean(sizes))));
  const { low, high } = bootstrap(sizes, statistic, { random, resamples: RESAMPLES, blockLength });
  return { points, low, high };
}
