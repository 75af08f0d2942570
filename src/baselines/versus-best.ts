import { type Random, signedRankTest } from '../numeric/index.ts';
import type { Comparison, LeaderboardRow } from './leaderboard-row.ts';
import { meanIntervals } from './score.ts';

/** A row that is not compared yet. */
export interface Scored extends Omit<LeaderboardRow, 'versusBest'> {
  /** Absolute percentage errors of the rows of each experiment. */
  readonly errors: ReadonlyMap<string, Float64Array>;
}

/** Ascending in MAPE, then in the error of E2E in closed loop; what has neither comes last. */
export function byError(a: Scored, b: Scored): number {
  const errorsOf = ({ mean: { mape }, closedLoop }: Scored): readonly number[] =>
    [mape, closedLoop?.mean.e2e].map((error) => error ?? Number.POSITIVE_INFINITY);
  const [ofA, ofB] = [errorsOf(a), errorsOf(b)];
  const at = ofA.findIndex((error, figure) => error !== ofB[figure]);
  return at < 0 ? 0 : ofA[at]! - ofB[at]!;
}

/** Whether all experiments with test rows are predicted or, where there are none, all that are served in closed loop. */
export function isComplete({ experiments, unpredicted, closedLoop }: Scored): boolean {
  if (unpredicted.length > 0) return false;
  return experiments.length > 0 || (closedLoop !== null && Object.keys(closedLoop.missing).length === 0);
}

/** A row against the best baseline, on the experiments that both predict. */
export function compare(row: Omit<Scored, 'kind'>, best: Scored, random: Random): Comparison {
  const pairs = row.experiments.flatMap((own) => {
    const other = best.experiments.find(({ id }) => id === own.id);
    return other === undefined ? [] : [{ own, other }];
  });
  const differences = pairs.map(({ own }) => {
    const reference = best.errors.get(own.id)!;
    return row.errors.get(own.id)!.map((error, at) => error - reference[at]!);
  });
  const mapeDifference = pairs.reduce((sum, { own, other }) => sum + own.mape - other.mape, 0) / pairs.length;
  return {
    against: best.name,
    mape: signedRankTest(pairs.map(({ own, other }) => other.mape - own.mape)),
    e2eError: signedRankTest(pairs.map(({ own, other }) => other.e2eError - own.e2eError)),
    mapeDifference,
    mapeDifferenceInterval: meanIntervals(differences, random).blocks,
  };
}
