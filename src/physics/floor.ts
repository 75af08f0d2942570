import { evaluateColumns } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import { featureGraph } from './feature-graph.ts';
import type { MODEL_TERMS } from './formulas.ts';
import { modelParameters } from './parameters.ts';
import type { RequestRows } from './request-rows.ts';

const TERMS = [
  'gemmFlopsPerToken',
  'attentionFlopsPerPair',
  'attentionBytes',
  'expertBytes',
  'kvBytesPerToken',
  'flopsPerUs',
  'bytesPerUs',
] as const satisfies readonly (keyof typeof MODEL_TERMS)[];
type Terms = { readonly [T in (typeof TERMS)[number]]: number };

/**
 * The least time that each batch can take, µs: that of its FLOPs at peak or that of its bytes at peak bandwidth, whichever is
 * longer (the roofline of Williams, Waterman and Patterson, 2009, with both efficiencies 1). Everything that could be less is left
 * out, so that no real step is faster: embeddings, LM head and activations, all-reduces, rounding up to tiles and graph sizes; of
 * a mixture of experts the batch reads as many experts as one token visits. Contexts count as read once a request: where
 * requests share a prefix, an engine that reads it once for all can be faster.
 */
export function floorUs(requests: RequestRows, context: ServingContext): Float64Array {
  const terms = modelTerms(context);
  const { experts, activeExperts } = context.architecture;
  const weightBytes = terms.attentionBytes + (terms.expertBytes * activeExperts) / experts;
  return Float64Array.from({ length: requests.offsets.length - 1 }, (_, batch) => {
    let [tokens, pairs, cached] = [0, 0, 0];
    for (let at = requests.offsets[batch]!; at < requests.offsets[batch + 1]!; at++) {
      const held = requests.context[at]!;
      const fresh = requests.newTokens[at]!;
      tokens += fresh;
      pairs += fresh * (held + (fresh + 1) / 2);
      cached += held + fresh;
    }
    if (tokens === 0) return 0;
    const flops = terms.gemmFlopsPerToken * tokens + terms.attentionFlopsPerPair * pairs;
    const bytes = weightBytes + terms.kvBytesPerToken * cached;
    return Math.max(flops / terms.flopsPerUs, bytes / terms.bytesPerUs);
  });
}

function modelTerms(context: ServingContext): Terms {
  const values = evaluateColumns(featureGraph(TERMS), { ...modelParameters(context) }, {}, 1);
  return Object.fromEntries(TERMS.map((name, at) => [name, values[at]![0]!])) as Terms;
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
