/** One scheduler step: what a program may read of the batch. */
export interface StepBatch {
  /** prompt tokens computed in this step; tokens */
  readonly prefillTokens: number;
  /** tokens computed for requests that are generating; tokens */
  readonly decodeTokens: number;
  /** requests whose prompt is not complete yet; requests */
  readonly prefillRequests: number;
  /** requests that are generating; requests */
  readonly decodeRequests: number;
  /** all tokens computed in this step; tokens */
  readonly scheduledTokens: number;
  /** all requests in the batch; requests */
  readonly requests: number;
  /** 1 if any request prefills, else 0 */
  readonly hasPrefill: number;
  /** 1 if any request decodes, else 0 */
  readonly hasDecode: number;
  /** 1 if the batch both prefills and decodes, else 0 */
  readonly isMixed: number;
  /** mean prompt chunk of a prefilling request; tokens */
  readonly prefillTokensPerRequest: number;
  /** context held for the batch: KV blocks in use × block size; tokens */
  readonly kvTokens: number;
  /** mean context of a request; tokens */
  readonly kvTokensPerRequest: number;
  /** context of the prefilling requests, by their share of requests; tokens */
  readonly prefillKvTokens: number;
  /** context of the decoding requests, by their share of requests; tokens */
  readonly decodeKvTokens: number;
  /** matrix products of the prefill tokens at peak FLOP/s; µs */
  readonly prefillGemmUs: number;
  /** matrix products of the decode tokens at peak FLOP/s; µs */
  readonly decodeGemmUs: number;
  /** attention of prefill tokens over context and chunk (causal) at peak FLOP/s; µs */
  readonly prefillAttentionUs: number;
  /** attention of decode tokens over their context at peak FLOP/s; µs */
  readonly decodeAttentionUs: number;
  /** weights, KV cache and activations that the prefill moves, at peak bandwidth; µs */
  readonly prefillMemoryUs: number;
  /** weights, KV cache and activations that the decode moves, at peak bandwidth; µs */
  readonly decodeMemoryUs: number;
  /** reading the weights once for the whole batch, at peak bandwidth; µs */
  readonly weightsUs: number;
  /** reading the KV cache of the batch once, at peak bandwidth; µs */
  readonly kvReadUs: number;
  /** two ring all-reduces a layer at peak link bandwidth; 0 on one GPU; µs */
  readonly allReduceUs: number;
  /** parameters of the model, in billions; 10⁹ */
  readonly parametersB: number;
  /** parameters that a token visits, in billions; 10⁹ */
  readonly activeParametersB: number;
  /** layers of the model; layers */
  readonly layers: number;
  /** tensor parallelism: GPUs that share each layer; GPUs */
  readonly tp: number;
  /** 1 for a mixture-of-experts model, else 0 */
  readonly isMoe: number;
  /** bringing tokens to the experts of other ranks and back, at peak link bandwidth; µs */
  readonly expertTrafficUs: number;
  /** passing activations from stage to stage, at peak link bandwidth; µs */
  readonly stageTrafficUs: number;
  /** LM head for one token of each request, at peak bandwidth or FLOP/s; µs */
  readonly lmHeadUs: number;
  /** GPUs that serve the model together, of all stages and ranks; GPUs */
  readonly gpus: number;
  /** stages that the layers are divided into; stages */
  readonly pp: number;
  /** ranks with batches of their own that share the experts; ranks */
  readonly dp: number;
  /** GPUs that whole experts are spread over; 1 where each expert is divided; GPUs */
  readonly ep: number;
  /** reading the weights of the experts that the batch visits, at peak bandwidth; µs */
  readonly expertWeightsUs: number;
  /** weights that are expanded to 16 bits to be multiplied, as if they were read so, at peak bandwidth; µs */
  readonly expandUs: number;
  /** matrix products over reading the weights: above 1 the products decide */
  readonly computeRatio: number;
  /** share of the KV cache in what a batch reads */
  readonly contextShare: number;
  /** tokens that a visited expert multiplies, all tokens where there are none: rows of a weight tile; tokens */
  readonly tokensPerExpert: number;
  /** kernels that a pass starts on each GPU; kernels */
  readonly launches: number;
  /** layers with experts; layers */
  readonly expertLayers: number;
  /** query heads of a GPU; heads */
  readonly headsPerGpu: number;
  /** 1 where the engine is vLLM, else 0 */
  readonly isVllm: number;
  /** 1 where the engine is SGLang, else 0 */
  readonly isSglang: number;
  /** 1 where the engine is TensorRT-LLM, else 0 */
  readonly isTrtllm: number;
}

/** The constants of a program, by name. */
export type Constants = Readonly<Record<string, number>>;

/** Time of one step, µs. */
export type PredictStepTime<C extends Constants = Constants> = (batch: StepBatch, c: C) => number;
