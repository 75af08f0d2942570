/**
 * A robust loss ρ(r) for least squares: near zero quadratic, far out linear. `weight(r)` = ρ′(r)/r is what iteratively
 * reweighted least squares multiplies r² by; ρ ≤ its quadratic majoriser, so reweighting never raises the sum.
 */
export interface RobustLoss {
  /** ρ(r) = scale·(√(δ² + r²) − δ), so the weight is scale/√(δ² + r²). */
  readonly delta: number;
  readonly scale: number;
  loss(residual: number): number;
  weight(residual: number): number;
}

/**
 * Pseudo-Huber: ρ(r) = δ²·(√(1 + (r/δ)²) − 1), which is r²/2 near zero and δ·|r| far out. Throws a RangeError unless δ is
 * positive.
 *
 * Source: Charbonnier et al., "Deterministic edge-preserving regularization in computed imaging", IEEE TIP 6(2), 1997.
 */
export function pseudoHuber(delta: number): RobustLoss {
  if (!(delta > 0)) throw new RangeError(`pseudoHuber() needs a positive scale, not ${delta}`);
  return {
    delta,
    scale: delta,
    loss: (r) => delta * (Math.sqrt(delta * delta + r * r) - delta),
    weight: (r) => delta / Math.sqrt(delta * delta + r * r),
  };
}

/** ρ(r) = r²/2, what pseudo-Huber tends to for δ → ∞: every residual has weight 1. */
export const QUADRATIC: RobustLoss = Object.freeze({
  delta: Number.POSITIVE_INFINITY,
  scale: Number.POSITIVE_INFINITY,
  loss: (r: number) => 0.5 * r * r,
  weight: () => 1,
});

/** Pseudo-Huber divided by δ: tends to |r| for δ → 0. Throws a RangeError unless δ is positive. */
export function smoothAbsolute(delta: number): RobustLoss {
  if (!(delta > 0)) throw new RangeError(`smoothAbsolute() needs a positive scale, not ${delta}`);
  return {
    delta,
    scale: 1,
    loss: (r) => Math.sqrt(delta * delta + r * r) - delta,
    weight: (r) => 1 / Math.sqrt(delta * delta + r * r),
  };
}
