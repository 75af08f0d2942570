import type { MeasuredName } from './feature.ts';

type Sums = { [N in MeasuredName]: number };

/**
 * Adds up the requests of a batch as StepTime sees them. A request prefills while its context is shorter than its prompt, and
 * decodes afterwards. Context is rounded up to whole KV blocks in `kvTokens`, as a step record counts it; a record also holds
 * the blocks of the step's new tokens and counts shared prefix blocks once.
 */
export class RequestTally {
  readonly #blockSize: number;
  readonly #contexts: number[] = [];
  #sums: Omit<Sums, 'kvVariance'> = NOTHING;

  /** @param blockSize of the KV cache, tokens. */
  constructor(blockSize: number) {
    this.#blockSize = blockSize;
    this.clear();
  }

  /** Begins another batch. */
  clear(): void {
    this.#sums = { ...NOTHING };
    this.#contexts.length = 0;
  }

  /**
   * A request that takes part in the step.
   *
   * @param context tokens computed before the step.
   * @param newTokens tokens that the step computes.
   */
  add(context: number, newTokens: number, promptLength: number): void {
    const sums = this.#sums;
    if (context < promptLength) {
      sums.prefillTokens += newTokens;
      sums.prefillRequests += 1;
      sums.prefillKvTokens += context;
    } else {
      sums.decodeTokens += newTokens;
      sums.decodeRequests += 1;
      sums.decodeKvTokens += context;
      sums.decodeKvMax = Math.max(sums.decodeKvMax, context);
    }
    sums.kvTokens += Math.ceil(context / this.#blockSize) * this.#blockSize;
    sums.kvMax = Math.max(sums.kvMax, context);
    this.#contexts.push(context);
  }

  sums(): Sums {
    return { ...this.#sums, kvVariance: varianceOf(this.#contexts) };
  }
}

const NOTHING = {
  prefillTokens: 0,
  decodeTokens: 0,
  prefillRequests: 0,
  decodeRequests: 0,
  kvTokens: 0,
  prefillKvTokens: 0,
  decodeKvTokens: 0,
  kvMax: 0,
  decodeKvMax: 0,
};

/**
 * Population variance of whole numbers; 0 of none. Differences from a whole number near the mean keep every term whole, so
 * that nothing is rounded before the last division and the order does not matter (up to deviations of 90,000 of 1,000 numbers).
 */
function varianceOf(values: readonly number[]): number {
  const n = values.length;
  if (n === 0) return 0;
  const origin = Math.floor(values.reduce((a, b) => a + b) / n);
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value - origin;
    squares += (value - origin) ** 2;
  }
  return (n * squares - sum * sum) / (n * n);
}
