import { type Attention, type FeedForward, layerGroupsOf, type ServingContext } from './architecture.ts';

/*
 * How many kernels a pass starts. A small batch on a fast GPU is bound by them: each reads or writes little, waits for the one before
 * it, and costs some microseconds whatever its size. Counted in the forward passes of vLLM, where fused operations are one; other
 * engines fuse more or less, which a constant takes. They are counts of what is done, to a fifth or so, and no measurement.
 */

/** Of the norm before each part of a layer, with the residual. */
const NORM = 1;
/** Where GPUs share the part. */
const REDUCTION = 1;

const ATTENTION: { readonly [K in Attention['kind']]: number } = {
  // Products of queries, keys and values; rotation; writing the cache; attention; product of the output.
  grouped: 5,
  // Products to the latents, of the queries, with both halves of the expansion, of the output; norm; rotation and cache; attention.
  latent: 8,
  // Products of the inputs and of the gates; convolution; gates; the step of the state; norm with gate; product of the output.
  linear: 7,
};
/** Products of queries, keys and weights; norm; rotation; quantising both sides; writing the cache; scores; the top tokens. */
const INDEX = 10;
/** Two products and the activation between them. */
const DENSE = 3;
/** Product of the router; top experts; sorting and aligning tokens; two products and the activation; weighing and adding up. */
const EXPERTS = 8;

/** Kernels that a pass starts on each GPU. */
export function launches({
  architecture,
  tensorParallelism: tp,
  dataParallelism: dp = 1,
}: Pick<ServingContext, 'architecture' | 'tensorParallelism' | 'dataParallelism'>): number {
  return layerGroupsOf(architecture).reduce(
    (sum, { count, attention, feedForward }) =>
      sum + count * (ofAttention(attention, tp > 1) + ofFeedForward(feedForward, tp * dp > 1)),
    0,
  );
}

function ofAttention(attention: Attention | undefined, isShared: boolean): number {
  if (attention === undefined) return 0;
  const index = attention.kind === 'latent' && attention.index !== undefined ? INDEX : 0;
  return NORM + ATTENTION[attention.kind] + index + (isShared ? REDUCTION : 0);
}

function ofFeedForward(feedForward: FeedForward | undefined, isShared: boolean): number {
  if (feedForward === undefined) return 0;
  const { size, experts } = feedForward;
  return NORM + (size > 0 ? DENSE : 0) + (experts === undefined ? 0 : EXPERTS) + (isShared ? REDUCTION : 0);
}
