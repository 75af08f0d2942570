/** The outcome of a signed-rank test on paired differences. */
export interface SignedRankTest {
  /** Pairs that differ; the others say nothing. */
  readonly pairs: number;
  /** Sum of the ranks of the positive differences. */
  readonly positiveRanks: number;
  /** Two-sided; 1 where no pair differs. */
  readonly p: number;
  /**
   * Matched-pairs rank-biserial correlation, −1…1: the share of rank in favour of positive differences minus that of negative
   * ones; 0 where no pair differs.
   */
  readonly effect: number;
  /** `exact`: over all assignments of signs; `normal`: approximated, for more than 50 pairs. */
  readonly method: 'exact' | 'normal';
}

const EXACT_LIMIT = 50;

/**
 * Wilcoxon's signed-rank test: whether paired differences lie about zero. Differences of zero are left out, equal sizes share
 * their mean rank; the exact distribution is that of the ranks as they are, ties included.
 *
 * Sources: Wilcoxon, "Individual comparisons by ranking methods", Biometrics 1(6), 1945; Kerby, "The simple difference
 * formula", 2014 (effect size).
 */
export function signedRankTest(differences: ArrayLike<number>): SignedRankTest {
  const values = Array.from(differences).filter((value) => value !== 0 && !Number.isNaN(value));
  const n = values.length;
  const doubled = doubledRanks(values.map(Math.abs));
  const total = (n * (n + 1)) / 2;
  const positiveRanks = doubled.reduce((sum, rank, i) => sum + ((values[i] as number) > 0 ? rank : 0), 0) / 2;
  const exact = n <= EXACT_LIMIT;
  return {
    pairs: n,
    positiveRanks,
    p: n === 0 ? 1 : exact ? exactP(doubled, 2 * positiveRanks) : normalP(doubled, positiveRanks, total),
    effect: n === 0 ? 0 : (2 * positiveRanks - total) / total,
    method: exact ? 'exact' : 'normal',
  };
}

/** Twice the rank of each value, which is whole where equal values share the mean of their ranks. */
function doubledRanks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++;
    for (let k = start; k < end; k++) ranks[order[k] as number] = start + 1 + end;
    start = end;
  }
  return ranks;
}

/** Counts, over all 2ⁿ assignments of signs, those whose smaller tail is no larger than the observed one. */
function exactP(doubled: readonly number[], observed: number): number {
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  let share = new Float64Array(total + 1);
  share[0] = 1;
  for (const rank of doubled) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) {
      const half = (share[sum] as number) / 2;
      if (half === 0) continue;
      next[sum] = (next[sum] as number) + half;
      next[sum + rank] = (next[sum + rank] as number) + half;
    }
    share = next;
  }
  const tail = Math.min(observed, total - observed);
  let p = 0;
  for (let sum = 0; sum <= tail; sum++) p += share[sum] as number;
  return Math.min(1, 2 * p);
}

function normalP(doubled: readonly number[], positiveRanks: number, total: number): number {
  const variance = doubled.reduce((sum, rank) => sum + rank * rank, 0) / 16;
  const z = Math.max(0, Math.abs(positiveRanks - total / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * upperTail(z));
}

/** P(Z > z) of the standard normal for z ≥ 0, to 1.5e-7 (Abramowitz and Stegun, 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
}
