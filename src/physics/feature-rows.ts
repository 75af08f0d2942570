import type { ContextSource, MeasuredName } from './feature.ts';
import type { StepColumn } from './step.ts';

type Limits = readonly [number, number];
/** A feature with a formula. */
export type FormulaRow = readonly [name: string, unit: string, formula: string, meaning: string, limits?: Limits];
/** A figure of the requests. */
export type SumRow = readonly [name: MeasuredName, unit: string, needs: readonly StepColumn[], meaning: string];
/** A step column for analysis alone. */
export type ColumnRow = readonly [column: StepColumn, unit: string, meaning: string, limits?: Limits];

/** Limits of what may grow without end. */
export const ANY: Limits = [0, Number.POSITIVE_INFINITY];
/** Limits of a share. */
export const SHARE: Limits = [0, 1];

/** Sums over the requests of the batch. A step record has them all; every formula starts from them. */
export const BATCH_SUMS: readonly SumRow[] = [
  ['prefillTokens', 'tokens', ['prefillTokens'], 'prompt tokens computed in this step'],
  ['decodeTokens', 'tokens', ['decodeTokens'], 'tokens computed for requests that are generating'],
  ['prefillRequests', 'requests', ['prefillRequests'], 'requests whose prompt is not complete yet'],
  ['decodeRequests', 'requests', ['decodeRequests'], 'requests that are generating'],
];

export const BATCH: readonly FormulaRow[] = [
  ['scheduledTokens', 'tokens', 'prefillTokens + decodeTokens', 'all tokens computed in this step'],
  ['requests', 'requests', 'prefillRequests + decodeRequests', 'all requests in the batch'],
  ['hasPrefill', '1', 'Math.min(prefillRequests, 1)', '1 if any request prefills, else 0', SHARE],
  ['hasDecode', '1', 'Math.min(decodeRequests, 1)', '1 if any request decodes, else 0', SHARE],
  ['isMixed', '1', 'hasPrefill * hasDecode', '1 if the batch both prefills and decodes, else 0', SHARE],
  [
    'prefillTokensPerRequest',
    'tokens',
    'prefillTokens / Math.max(prefillRequests, 1)',
    'mean prompt chunk of a prefilling request',
  ],
];

/** Context of the batch: what is measured of it. */
export const KV_SUMS: { readonly [C in ContextSource]: readonly SumRow[] } = {
  // Blocks that requests share (a common prefix) count once in a step record and once a request in a sum over requests.
  blocks: [
    [
      'kvTokens',
      'tokens',
      ['kvBlocksTotal', 'kvBlocksFree'],
      'context held for the batch: KV blocks in use × block size',
    ],
  ],
  requests: [
    ['kvTokens', 'tokens', [], 'context of the requests, each rounded up to whole KV blocks'],
    ['prefillKvTokens', 'tokens', [], 'context of the prefilling requests'],
    ['decodeKvTokens', 'tokens', [], 'context of the decoding requests'],
    ['kvMax', 'tokens', [], 'longest context of a request'],
    ['decodeKvMax', 'tokens', [], 'longest context of a decoding request'],
    ['kvVariance', 'tokens²', [], 'variance of the contexts over the requests of the batch'],
  ],
};

const KV_PER_REQUEST: FormulaRow = [
  'kvTokensPerRequest',
  'tokens',
  'kvTokens / Math.max(requests, 1)',
  'mean context of a request',
];

/** Context of the batch: what follows from the measured. */
export const KV: { readonly [C in ContextSource]: readonly FormulaRow[] } = {
  blocks: [
    KV_PER_REQUEST,
    [
      'prefillKvTokens',
      'tokens',
      'kvTokensPerRequest * prefillRequests',
      'context of the prefilling requests, by their share of requests',
    ],
    [
      'decodeKvTokens',
      'tokens',
      'kvTokensPerRequest * decodeRequests',
      'context of the decoding requests, by their share of requests',
    ],
  ],
  requests: [
    [KV_PER_REQUEST[0], KV_PER_REQUEST[1], KV_PER_REQUEST[2], 'mean context of a request, in whole KV blocks'],
    ['kvMean', 'tokens', '(prefillKvTokens + decodeKvTokens) / Math.max(requests, 1)', 'mean context of a request'],
  ],
};

/** What the model alone decides. */
export const ARCHITECTURE: readonly FormulaRow[] = [
  ['parametersB', '10⁹', 'parameters / 1000000000', 'parameters of the model, in billions'],
  ['activeParametersB', '10⁹', 'activeParameters / 1000000000', 'parameters that a token visits, in billions'],
  ['layers', 'layers', 'layers', 'layers of the model'],
  ['tp', 'GPUs', 'tp', 'tensor parallelism: GPUs that share each layer'],
  ['isMoe', '1', 'Math.min(experts - 1, 1)', '1 for a mixture-of-experts model, else 0', SHARE],
];

/** What StepTime cannot see. */
export const ANALYSIS: readonly ColumnRow[] = [
  ['runningDepth', 'requests', 'depth of the running queue'],
  ['waitingDepth', 'requests', 'depth of the waiting queue'],
  ['finishedRequests', 'requests', 'requests that finish with the step'],
  ['preemptedRequests', 'requests', 'requests that were preempted'],
  ['kvUsageRatio', '1', 'share of the KV cache in use', SHARE],
  ['kvBlocksFree', 'blocks', 'free KV blocks'],
];
