/** What a step takes depends on this much of its batch. */
export interface LawBatch {
  readonly prefillTokens: number;
  readonly decodeTokens: number;
  /** Tokens in the KV cache, of all requests. */
  readonly kvTokens: number;
}

/** A law that a search is to find again. */
export interface Law {
  readonly name: string;
  /** Why a server might behave so. */
  readonly meaning: string;
  /** µs. */
  readonly stepUs: (batch: LawBatch) => number;
  /** The same in the language of programs, constants at their true values. */
  readonly source: string;
}

function program(constants: string, value: string): string {
  return `export const constants = { ${constants} };

export function predictStepTime(batch, c) {
  return ${value};
}
`;
}

/** One law for each way in which the parts of a step are put together. Sizes are those of a 70B model on four GPUs. */
export const LAWS: readonly Law[] = [
  {
    name: 'linear',
    meaning: 'weights are read once a step, each token is computed, and the KV cache of all requests is read',
    stepUs: ({ prefillTokens, decodeTokens, kvTokens }) =>
      16_000 + 32 * (prefillTokens + decodeTokens) + 0.05 * kvTokens,
    source: program(
      'weightsUs: 16000, token: 32, kv: 0.05',
      'c.weightsUs + c.token * batch.scheduledTokens + c.kv * batch.kvTokens',
    ),
  },
  {
    name: 'max',
    meaning: 'roofline: computing overlaps with reading the KV cache, and the slower of the two decides',
    stepUs: ({ prefillTokens, decodeTokens, kvTokens }) =>
      11_000 + Math.max(32 * (prefillTokens + decodeTokens), 0.12 * kvTokens),
    source: program(
      'weightsUs: 11000, compute: 32, memory: 0.12',
      'c.weightsUs + Math.max(c.compute * batch.scheduledTokens, c.memory * batch.kvTokens)',
    ),
  },
  {
    name: 'hypot',
    meaning: 'the same, overlapping smoothly: neither part hides the other wholly',
    stepUs: ({ prefillTokens, kvTokens }) => 11_000 + Math.hypot(32 * prefillTokens, 0.12 * kvTokens),
    source: program(
      'weightsUs: 11000, compute: 32, memory: 0.12',
      'c.weightsUs + Math.hypot(c.compute * batch.prefillTokens, c.memory * batch.kvTokens)',
    ),
  },
  {
    name: 'product',
    meaning: 'attention of a prompt chunk over the context: every new token reads all that is cached',
    stepUs: ({ prefillTokens, kvTokens }) => 16_000 + 0.0009 * prefillTokens * kvTokens,
    source: program('weightsUs: 16000, pair: 0.0009', 'c.weightsUs + c.pair * batch.prefillTokens * batch.kvTokens'),
  },
  {
    name: 'threshold',
    meaning: 'batches of more than 512 tokens run without captured graphs: each launch is then paid',
    stepUs: ({ prefillTokens, decodeTokens }) =>
      16_000 + 30 * (prefillTokens + decodeTokens) + (prefillTokens + decodeTokens > 512 ? 9000 : 0),
    source: program(
      'weightsUs: 16000, token: 30, limit: 512, eagerUs: 25000',
      '(batch.scheduledTokens > c.limit ? c.eagerUs : c.weightsUs) + c.token * batch.scheduledTokens',
    ),
  },
  {
    name: 'saturation',
    meaning: 'kernels use more of the GPU the more tokens they get, so each further token costs less',
    stepUs: ({ prefillTokens, decodeTokens }) => 12_000 + 9000 * Math.log1p((prefillTokens + decodeTokens) / 100),
    source: program(
      'weightsUs: 12000, slopeUs: 9000, knee: 100',
      'c.weightsUs + c.slopeUs * Math.log1p(batch.scheduledTokens / c.knee)',
    ),
  },
];
