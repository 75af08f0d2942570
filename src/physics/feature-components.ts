import type { ContextSource } from './feature.ts';
import type { FormulaRow } from './feature-rows.ts';

/** Bytes of weights that a pass over some tokens reads: of the experts, those that the tokens are expected to visit. */
function weightBytes(tokens: string): string {
  return `attentionBytes * Math.min(${tokens}, 1) + expertBytes * (1 - Math.pow(missProbability, ${tokens}))`;
}

/** Time to move the bytes of one phase: weights, cache written and read, activations. */
function memoryUs(tokens: string, context: string): string {
  return `(${weightBytes(tokens)} + kvBytesPerToken * (${tokens} + ${context}) + activationBytesPerToken * ${tokens}) / bytesPerUs`;
}

/** Mean context of the requests of a phase. */
const PHASE_CONTEXT: { readonly [C in ContextSource]: { readonly prefill: string; readonly decode: string } } = {
  blocks: { prefill: 'kvTokensPerRequest', decode: 'kvTokensPerRequest' },
  requests: {
    prefill: 'prefillKvTokens / Math.max(prefillRequests, 1)',
    decode: 'decodeKvTokens / Math.max(decodeRequests, 1)',
  },
};

/** Costs of the parts of a step at the hardware's peak figures. */
export function components(contexts: ContextSource): readonly FormulaRow[] {
  const { prefill, decode } = PHASE_CONTEXT[contexts];
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
      `attentionFlopsPerPair * prefillTokens * (${prefill} + prefillTokensPerRequest / 2) / flopsPerUs`,
      'attention of prefill tokens over context and chunk (causal) at peak FLOP/s',
    ],
    [
      'decodeAttentionUs',
      'µs',
      `attentionFlopsPerPair * decodeTokens * ${decode} / flopsPerUs`,
      'attention of decode tokens over their context at peak FLOP/s',
    ],
    [
      'prefillMemoryUs',
      'µs',
      memoryUs('prefillTokens', 'prefillKvTokens'),
      'weights, KV cache and activations that the prefill moves, at peak bandwidth',
    ],
    [
      'decodeMemoryUs',
      'µs',
      memoryUs('decodeTokens', 'decodeKvTokens'),
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
      'kvBytesPerToken * kvTokens / bytesPerUs',
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
