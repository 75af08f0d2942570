import { type Call, type CompletionRequest, mostUsd, priceOf, type PriceTable } from '../../../llm/index.ts';
import type { Spending } from '../../tally.ts';
import type { Limits } from './settings.ts';

/**
 * Room in the budget for the calls of one generation. Before a call is made, the most that it may cost is set aside, so the
 * limits hold whatever the replies are; and since that is done in order of the calls, which of them are made does not depend
 * on the order of the replies.
 */
export class Allowance {
  readonly #limits: Limits;
  readonly #prices: PriceTable;
  #attemptsLeft: number;
  #usdLeft: number;
  #granted = 0;
  #refused = 0;

  constructor(
    limits: Limits,
    prices: PriceTable,
    { calls, retries, costUsd }: Pick<Spending, 'calls' | 'retries' | 'costUsd'>,
  ) {
    this.#limits = limits;
    this.#prices = prices;
    this.#attemptsLeft = (limits.maxCalls ?? Infinity) - calls - retries;
    this.#usdLeft = (limits.maxCostUsd ?? Infinity) - costUsd;
  }

  /**
   * Whether there is no room for calls any more. A generation with room for some of its calls does not end the run: most calls
   * cost much less than was set aside for them, so the next one has room again.
   */
  get isSpent(): boolean {
    return this.#refused > 0 && (this.#granted === 0 || this.#attemptsLeft < 1);
  }

  /** Takes the room for one attempt at each of the requests, in order, and says which of them found it. */
  grant(requests: readonly CompletionRequest[]): readonly boolean[] {
    return requests.map((request) => {
      const usd = this.#mostUsd(request);
      const fits = this.#attemptsLeft >= 1 && this.#usdLeft >= usd;
      if (fits) {
        this.#granted += 1;
        this.#attemptsLeft -= 1;
        this.#usdLeft -= usd;
      } else this.#refused += 1;
      return fits;
    });
  }

  /** Attempts that each of the granted requests may make with an equal share of the room that is left. */
  shareOf(requests: readonly CompletionRequest[]): Call['affordable'] {
    const dearest = Math.max(...requests.map((request) => this.#mostUsd(request)), 0);
    return {
      attempts: 1 + Math.floor(this.#attemptsLeft / requests.length),
      paidAttempts: 1 + (dearest > 0 ? Math.floor(this.#usdLeft / (dearest * requests.length)) : Infinity),
    };
  }

  #mostUsd(request: CompletionRequest): number {
    if (this.#limits.maxCostUsd === undefined) return 0;
    const price = priceOf(this.#prices, request.model);
    // A run with a limit on cost and a model without a price is refused before it starts.
    if (price === undefined) throw new RangeError(`${request.model} has no price`);
    return mostUsd(price, request);
  }
}
