import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { hashPath, type StreamKey } from './stream-key.ts';

/** A stream of random numbers. Drawing advances it; `split` does not. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform integer in 0…n−1. Throws a RangeError unless `n` is a positive integer. */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
  /** One of the items, all equally likely. Throws a RangeError for an empty list. */
  pick<T>(items: readonly T[]): T;
  /** The items in a uniformly random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
  /**
   * An index with probability proportional to its weight. Throws a RangeError unless the weights are finite, not negative and
   * not all zero.
   */
  weighted(weights: readonly number[]): number;
  /**
   * An independent stream, named by the labels. It depends on the seed and the path of labels only, not on what was drawn
   * before: `split('a', 'b')` equals `split('a').split('b')`.
   */
  split(...labels: readonly (string | number)[]): Random;
}

/**
 * A seeded, splittable generator: xoroshiro128+ whose 128-bit state is a hash of the seed and the path of labels, so that
 * neighbouring seeds and labels give unrelated streams.
 *
 * Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021 (by pure-rand);
 * splitting by hashed labels as in Claessen and Pałka, "Splittable pseudorandom number generators", Haskell 2013.
 */
export function createRandom(seed: number | string): Random {
  return new Stream(hashPath(undefined, [seed]));
}

class Stream implements Random {
  readonly #key: StreamKey;
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>;
  #spareNormal: number | undefined;

  constructor(key: StreamKey) {
    this.#key = key;
    this.#generator = xoroshiro128plusFromState(key);
  }

  uniform(): number {
    return uniformFloat64(this.#generator);
  }

  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1) throw new RangeError(`integer(n) needs a positive integer, not ${n}`);
    return uniformInt(this.#generator, 0, n - 1);
  }

  /** Marsaglia's polar method: needs no trigonometry, and gives two values at a time. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = out[i] as T;
      out[i] = out[j] as T;
      out[j] = swapped;
    }
    return out;
  }

  weighted(weights: readonly number[]): number {
    let total = 0;
    let last = -1;
    for (const [i, weight] of weights.entries()) {
      if (!(weight >= 0)) throw new RangeError(`weighted() needs weights that are not negative, not ${weight}`);
      total += weight;
      if (weight > 0) last = i;
    }
    if (last < 0 || !Number.isFinite(total)) throw new RangeError('weighted() needs a finite, positive sum of weights');
    let rest = this.uniform() * total;
    for (const [i, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return i;
    }
    // Rounding can leave a rest of zero; it belongs to the last item that can be drawn at all.
    return last;
  }

  split(...labels: readonly (string | number)[]): Random {
    return new Stream(hashPath(this.#key, labels));
  }
}
