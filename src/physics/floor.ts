import type { ServingContext } from './architecture.ts';
import { modelParameters } from './parameters.ts';
import type { RequestRows } from './request-rows.ts';

/**
 * The least time that each batch can take, µs: that of its FLOPs at peak or that of its bytes at peak bandwidth, whichever is
 * longer (the roofline of Williams, Waterman and Patterson, 2009, with both efficiencies 1). Everything that could be less is left
 * out, so that no real step is faster: embeddings, LM head and activations, communication, rounding up to tiles and graph sizes; of
 * a mixture of experts the batch reads as many experts as one token visits; compressed attention takes the cheaper of its two ways for
 * each pair and expands nothing twice; of stages that work on several batches at a time, each batch takes one's share. Contexts count
 * as read once a request: where requests share a prefix, an engine that reads it once for all can be faster.
 */
export function floorUs(requests: RequestRows, context: ServingContext): Float64Array {
  const terms = modelParameters(context);
  const { experts, activeExperts } = context.architecture;
  const weightBytes = terms.denseBytes + (terms.expertBytes * activeExperts) / experts;
  const flopsPerPair = Math.min(terms.prefillFlopsPerPair, terms.decodeFlopsPerPair);
  const nearFlopsPerPair = Math.min(terms.nearPrefillFlopsPerPair, terms.nearDecodeFlopsPerPair);
  return Float64Array.from({ length: requests.offsets.length - 1 }, (_, batch) => {
    let [tokens, pairs, nearPairs, cached, nearCached, count] = [0, 0, 0, 0, 0, 0];
    for (let at = requests.offsets[batch]!; at < requests.offsets[batch + 1]!; at++) {
      const held = requests.context[at]!;
      const fresh = requests.newTokens[at]!;
      tokens += fresh;
      pairs += fresh * (held + (fresh + 1) / 2);
      nearPairs += pairsWithin(terms.window, held, fresh);
      cached += held + fresh;
      // The window of a token holds itself.
      nearCached += Math.max(0, Math.min(held, terms.window - 1)) + fresh;
      count += Math.min(fresh, 1);
    }
    if (tokens === 0) return 0;
    const flops =
      terms.gemmFlopsPerToken * tokens +
      flopsPerPair * pairs +
      nearFlopsPerPair * nearPairs +
      terms.stateFlopsPerToken * tokens;
    const bytes =
      weightBytes +
      terms.kvBytesPerToken * cached +
      terms.nearKvBytesPerToken * nearCached +
      2 * terms.stateBytesPerRequest * count;
    return Math.max(flops / terms.flopsPerUs, bytes / terms.bytesPerUs) / terms.pp;
  });
}

/** Pairs of new tokens and those that they look at, themselves and no more than a window: Σ min(held + j, window) for j up to `fresh`. */
function pairsWithin(window: number, held: number, fresh: number): number {
  const inside = Math.min(fresh, Math.max(0, window - held));
  return inside * (held + (inside + 1) / 2) + (fresh - inside) * window;
}

/** Slowest that a step is believed to be: so many times its floor, and what an engine needs for each step whatever it does. */
const CEILING = { factor: 10, overheadUs: 100_000 } as const;

/**
 * The most that a batch is believed to take, µs: a tenth of the hardware's peak, and 100 ms. Engines reach 30–80 % of it in large
 * batches and a step costs them 0.3–20 ms beside it, so that only what is absurd lies above.
 */
export function ceilingUs(floor: Float64Array): Float64Array {
  return floor.map((least) => CEILING.factor * least + CEILING.overheadUs);
}
