/** The strategy parameters of a CMA-ES; names as in the tutorial. */
export interface CmaParameters {
  /** λ */
  readonly populationSize: number;
  /** w, best first: λ of them, the second half negative (active update). */
  readonly weights: Float64Array;
  /** μ_eff of the positive weights. */
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cc: number;
  readonly c1: number;
  readonly cMu: number;
  /** E‖N(0, I)‖ */
  readonly chiN: number;
}

/** λ = 4 + ⌊3·ln n⌋ */
export function defaultPopulationSize(n: number): number {
  return 4 + Math.floor(3 * Math.log(n));
}

/**
 * Default parameters for dimension `n`.
 *
 * Source: Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772, table 1 and equations 49–58.
 */
export function cmaParameters(n: number, populationSize: number = defaultPopulationSize(n)): CmaParameters {
  if (!Number.isInteger(populationSize) || populationSize < 3) {
    throw new RangeError(`A population needs at least 3 members, not ${populationSize}`);
  }
  const raw = Array.from({ length: populationSize }, (_, i) => Math.log((populationSize + 1) / 2) - Math.log(i + 1));
  const mu = Math.floor(populationSize / 2);
  const muEff = effectiveSize(raw.slice(0, mu));
  const muEffNegative = effectiveSize(raw.slice(mu));

  const alphaCov = 2;
  const cc = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = alphaCov / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (alphaCov * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + (alphaCov * muEff) / 2));
  // The tutorial prints +5; the reference implementation has +3, and only that gives its published evaluations in 5 dimensions.
  const cSigma = (muEff + 2) / (n + muEff + 3);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;

  // The negative weights: no more than keeps the total decay, and C positive definite.
  const alphaMu = 1 + c1 / cMu;
  const alphaMuEff = 1 + (2 * muEffNegative) / (muEff + 2);
  const alphaPosDef = (1 - c1 - cMu) / (n * cMu);
  const negativeTotal = Math.min(alphaMu, alphaMuEff, alphaPosDef);
  const positiveSum = sumOf(raw.filter((w) => w > 0));
  const negativeSum = -sumOf(raw.filter((w) => w < 0));
  const weights = Float64Array.from(raw, (w) => (w >= 0 ? w / positiveSum : (negativeTotal * w) / negativeSum));
  const chiN = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { populationSize, weights, muEff, cSigma, dSigma, cc, c1, cMu, chiN };
}

/** (Σw)² / Σw² */
function effectiveSize(weights: readonly number[]): number {
  return sumOf(weights) ** 2 / sumOf(weights.map((w) => w * w));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
