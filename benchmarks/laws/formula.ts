/** A published formula that a search is to find again from its values. */
export interface Formula {
  /** As the source numbers it. */
  readonly id: string;
  /** Between which values each variable is drawn, uniformly, in the order of the arguments of `value`. */
  readonly ranges: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly value: (...variables: readonly number[]) => number;
}
