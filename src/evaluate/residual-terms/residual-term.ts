/** A term that a program lacks, as one linear step tells. */
export interface ResidualTerm {
  /** Expression of features and numbers, e.g. `Math.max(scheduledTokens - 512, 0)`; `parseExpression` reads it. */
  readonly term: string;
  /** Where it stands: p + k·term, or p·(1 + k·term). */
  readonly place: 'sum' | 'factor';
  /** k; the median over the groups in which it has this sign. */
  readonly coefficient: number;
  /** By which share the weighted squares of the relative residual fall, summed over these groups. */
  readonly gain: number;
}
