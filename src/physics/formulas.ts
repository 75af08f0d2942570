/**
 * What features are made of beside the requests of a batch: numbers that are fixed by model, hardware and deployment. Feature columns
 * and the Go code both read them by these names, and the formulas of features in the program language are the only other part.
 *
 * They are of the GPUs of one rank together, and of all layers. They follow the roofline counts of transformer inference
 * (arXiv:2402.16363): two FLOPs for each weight and token, four for each query-context pair and head dimension. Embeddings, norms and
 * the router are left out; together they are under 4 % of the weights.
 */
export const MODEL_PARAMETERS = {
  layers: 'number of layers',
  experts: 'experts in a layer; 1 for a dense model',
  parameters: 'number of parameters',
  activeParameters: 'parameters that a token visits',
  vocabularySize: 'tokens of the vocabulary',
  tp: 'tensor parallelism: GPUs that share a layer',
  pp: 'stages that the layers are divided into',
  dp: 'ranks with batches of their own that share the experts',
  ep: 'GPUs that whole experts are spread over; 1 where each expert is divided',
  gpus: 'GPUs that serve the model together',
  gemmFlopsPerToken: 'FLOPs of matrix products, those of faster types as many of bf16 as take as long',
  prefillFlopsPerPair: 'FLOPs of a prompt token and one that it looks at, in layers that look at all',
  decodeFlopsPerPair: 'the same of a token that is generated',
  nearPrefillFlopsPerPair:
    'FLOPs of a prompt token and one that it looks at, in layers with a window or a sparse index',
  nearDecodeFlopsPerPair: 'the same of a token that is generated',
  window: 'tokens that those layers look at; 0 where there are none',
  expandFlopsPerToken: 'FLOPs to expand a token of the context for a chunk of its prompt',
  stateFlopsPerToken: 'FLOPs of the state of layers without a KV cache',
  denseBytes: 'weights that every batch reads',
  expertBytes: 'weights of the experts that are this rank’s share',
  missProbability: 'chance that a token of each rank visits none of one expert',
  kvBytesPerToken: 'KV cache of a token in layers that look at all',
  nearKvBytesPerToken: 'KV cache of a token in layers with a window or a sparse index',
  stateBytesPerRequest: 'state of a request in layers without a KV cache',
  activationBytesPerToken: 'activations that move through memory',
  headFlopsPerRequest: 'FLOPs of the LM head for a request',
  headBytes: 'weights of the LM head',
  allReduceBytesPerToken: 'bytes that a GPU sends in ring all-reduces',
  expertTrafficBytesPerToken: 'bytes that a GPU sends to bring tokens to experts and back',
  stageBytesPerToken: 'bytes that pass from stage to stage',
  launches: 'kernels that a pass starts on each GPU',
  expertLayers: 'layers with experts',
  activeExperts: 'experts that a token visits in a layer; 1 for a dense model',
  headsPerGpu: 'query heads of a GPU',
  expandedDenseBytes:
    'weights that every batch reads and that are expanded to 16 bits before they are multiplied, as those',
  expandedExpertBytes: 'the same of the experts that are this rank’s share',
  vllm: '1 where the engine is vLLM, else 0',
  sglang: '1 where it is SGLang, else 0',
  trtllm: '1 where it is TensorRT-LLM, else 0',
  flopsPerUs: 'dense bf16 peak, FLOP/µs',
  bytesPerUs: 'peak memory bandwidth, bytes/µs',
  linkBytesPerUs: 'bandwidth of a GPU to others of its node, bytes/µs',
  outerBytesPerUs: 'bandwidth of a GPU to all GPUs that serve the model, bytes/µs',
} as const;

export type ModelParameter = keyof typeof MODEL_PARAMETERS;

/** The parameters in one serving context. */
export type ModelParameters = { readonly [P in ModelParameter]: number };
