import type { RequestRows } from '../physics/index.ts';
import type { Batch } from './batch.ts';

const FIRST_CAPACITY = 4096;
const FACTS = ['context', 'newTokens', 'promptTokens'] as const;

type Facts = { readonly [F in (typeof FACTS)[number]]: Float64Array };

/** Collects the requests of each row of a schedule. */
export class BatchRecorder {
  #facts: Facts = factsOf(() => new Float64Array(FIRST_CAPACITY));
  #length = 0;
  readonly #offsets: number[] = [0];

  add({ count, computedTokens, newTokens, promptTokens }: Batch): void {
    while (this.#length + count > this.#facts.context.length) this.#grow();
    const facts = this.#facts;
    for (let at = 0; at < count; at++) {
      if (newTokens[at] === 0) continue;
      const own = this.#length++;
      facts.context[own] = computedTokens[at]!;
      facts.newTokens[own] = newTokens[at]!;
      facts.promptTokens[own] = promptTokens[at]!;
    }
    this.#offsets.push(this.#length);
  }

  /** As wide as they were collected: whoever keeps some of them narrows them. */
  rows(): RequestRows {
    return Object.freeze({
      offsets: Float64Array.from(this.#offsets),
      ...factsOf((name) => this.#facts[name].subarray(0, this.#length)),
    });
  }

  #grow(): void {
    const full = this.#facts;
    this.#facts = factsOf((name) => {
      const wider = new Float64Array(2 * full[name].length);
      wider.set(full[name]);
      return wider;
    });
  }
}

function factsOf(column: (name: (typeof FACTS)[number]) => Float64Array): Facts {
  return { context: column('context'), newTokens: column('newTokens'), promptTokens: column('promptTokens') };
}
