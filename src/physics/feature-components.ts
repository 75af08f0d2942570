import type { ContextSource } from './feature.ts';
import type { FormulaRow } from './feature-rows.ts';

/*
 * Components are times at the hardware's peak figures, without efficiency factors: a program's constants take that part. They are
 * of one rank's batch on the GPUs of that rank, through all layers. What layers with a window look at is taken from the mean context.
 */

/** Bytes of weights that a pass over some tokens reads: of the experts, those that the tokens are expected to visit. */
function weightBytes(tokens: string): string {
  return `denseBytes * Math.min(${tokens}, 1) + expertBytes * (1 - Math.pow(missProbability, ${tokens}))`;
}

/** What one phase is of. */
interface Phase {
  readonly tokens: string;
  readonly requests: string;
  /** Tokens in the KV cache, of all its requests and of one of them on average. */
  readonly context: string;
  readonly meanContext: string;
}

/** Time to move the bytes of one phase: weights, cache written and read, states read and written, activations. */
function memoryUs({ tokens, requests, context, meanContext }: Phase): string {
  return (
    `(${weightBytes(tokens)} + kvBytesPerToken * (${tokens} + ${context})` +
    ` + nearKvBytesPerToken * (${tokens} + ${requests} * Math.min(${meanContext}, window))` +
    ` + 2 * stateBytesPerRequest * ${requests} + activationBytesPerToken * ${tokens}) / bytesPerUs`
  );
}

const PREFILL_MEAN: { readonly [C in ContextSource]: string } = {
  blocks: 'kvTokensPerRequest',
  requests: 'prefillKvTokens / Math.max(prefillRequests, 1)',
};
const DECODE_MEAN: { readonly [C in ContextSource]: string } = {
  blocks: 'kvTokensPerRequest',
  requests: 'decodeKvTokens / Math.max(decodeRequests, 1)',
};

/** Costs of the parts of a step at the hardware's peak figures. */
export function components(contexts: ContextSource): readonly FormulaRow[] {
  const prefill: Phase = {
    tokens: 'prefillTokens',
    requests: 'prefillRequests',
    context: 'prefillKvTokens',
    meanContext: PREFILL_MEAN[contexts],
  };
  const decode: Phase = {
    tokens: 'decodeTokens',
    requests: 'decodeRequests',
    context: 'decodeKvTokens',
    meanContext: DECODE_MEAN[contexts],
  };
  const looked = `(${prefill.meanContext} + prefillTokensPerRequest / 2)`;
  return [
    [
      'prefillGemmUs',
      'µs',
      'gemmFlopsPerToken * prefillTokens / flopsPerUs',
      'matrix products of the prefill tokens at peak FLOP/s',
    ],
    [
      'decodeGemmUs',
      'µs',
      'gemmFlopsPerToken * decodeTokens / flopsPerUs',
      'matrix products of the decode tokens at peak FLOP/s',
    ],
    [
      'prefillAttentionUs',
      'µs',
      `(prefillFlopsPerPair * prefillTokens * ${looked}` +
        ` + nearPrefillFlopsPerPair * prefillTokens * Math.min(${looked}, window)` +
        ' + stateFlopsPerToken * prefillTokens + expandFlopsPerToken * prefillKvTokens) / flopsPerUs',
      'attention of prefill tokens over context and chunk (causal) at peak FLOP/s',
    ],
    [
      'decodeAttentionUs',
      'µs',
      `(decodeFlopsPerPair * decodeTokens * ${decode.meanContext}` +
        ` + nearDecodeFlopsPerPair * decodeTokens * Math.min(${decode.meanContext}, window)` +
        ' + stateFlopsPerToken * decodeTokens) / flopsPerUs',
      'attention of decode tokens over their context at peak FLOP/s',
    ],
    [
      'prefillMemoryUs',
      'µs',
      memoryUs(prefill),
      'weights, KV cache and activations that the prefill moves, at peak bandwidth',
    ],
    [
      'decodeMemoryUs',
      'µs',
      memoryUs(decode),
      'weights, KV cache and activations that the decode moves, at peak bandwidth',
    ],
    [
      'weightsUs',
      'µs',
      `(${weightBytes('scheduledTokens')}) / bytesPerUs`,
      'reading the weights once for the whole batch, at peak bandwidth',
    ],
    [
      'kvReadUs',
      'µs',
      '(kvBytesPerToken * kvTokens + nearKvBytesPerToken * requests * Math.min(kvTokensPerRequest, window)) / bytesPerUs',
      'reading the KV cache of the batch once, at peak bandwidth',
    ],
    [
      'allReduceUs',
      'µs',
      'allReduceBytesPerToken * scheduledTokens / linkBytesPerUs',
      'two ring all-reduces a layer at peak link bandwidth; 0 on one GPU',
    ],
  ];
}
