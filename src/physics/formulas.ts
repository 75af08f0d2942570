/**
 * The analytical components as formulas in the program language. One text is the definition: the feature columns and the
 * Go code are both made from it. Names on the right are request sums, other formulas, or model parameters.
 *
 * Components are times at the hardware's peak figures, without efficiency factors: a program's constants take that part.
 * They follow the roofline counts of transformer inference (arXiv:2402.16363): two FLOPs for each weight and token, four for each
 * query-context pair and head dimension. Embeddings, norms and the router are left out; together they are under 4 % of the
 * weights. Everything that is split over the GPUs is divided by `tp`.
 */

/** A number that is fixed by model, hardware and parallelism. */
export const MODEL_PARAMETERS = {
  layers: 'number of layers',
  hiddenSize: 'hidden size',
  heads: 'attention heads',
  kvHeads: 'key-value heads',
  headSize: 'head dimension',
  intermediateSize: 'feed-forward size of one expert',
  experts: 'experts in a layer; 1 for a dense model',
  activeExperts: 'experts that a token visits; 1 for a dense model',
  bytesPerParameter: 'bytes of one weight or cache entry',
  parameters: 'number of parameters',
  tp: 'tensor parallelism: GPUs that share a layer',
  peakFlops: 'dense peak of one GPU, FLOP/s',
  memoryBandwidth: 'peak memory bandwidth of one GPU, bytes/s',
  interconnectBandwidth: 'bandwidth between GPUs of a node, bytes/s',
} as const;

export type ModelParameter = keyof typeof MODEL_PARAMETERS;

/** Per-model numbers that formulas share; made of parameters alone, so they can be computed once for a model. */
export const MODEL_TERMS = {
  attentionWeights: '2 * hiddenSize * heads * headSize + 2 * hiddenSize * kvHeads * headSize',
  expertWeights: '3 * hiddenSize * intermediateSize',
  gemmFlopsPerToken: '2 * layers * (attentionWeights + activeExperts * expertWeights)',
  attentionFlopsPerPair: '4 * layers * heads * headSize',
  attentionBytes: 'layers * attentionWeights * bytesPerParameter',
  expertBytes: 'layers * experts * expertWeights * bytesPerParameter',
  missProbability: '1 - activeExperts / experts',
  kvBytesPerToken: '2 * layers * kvHeads * headSize * bytesPerParameter',
  activationBytesPerToken: 'layers * hiddenSize * bytesPerParameter',
  allReduceBytesPerToken: '4 * layers * hiddenSize * bytesPerParameter * (tp - 1) / tp',
  flopsPerUs: 'peakFlops * tp / 1000000',
  bytesPerUs: 'memoryBandwidth * tp / 1000000',
  linkBytesPerUs: 'interconnectBandwidth / 1000000',
} as const;
