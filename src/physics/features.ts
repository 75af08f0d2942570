import type { DerivedFeature, FeatureDefinition, FeatureKind, MeasuredFeature, MeasuredName } from './feature.ts';
import type { StepColumn } from './step.ts';

type Limits = readonly [number, number];
type Row = readonly [name: string, unit: string, formula: string, meaning: string, limits?: Limits];
type SumRow = readonly [name: MeasuredName, unit: string, needs: readonly StepColumn[], meaning: string];
type ColumnRow = readonly [column: StepColumn, unit: string, meaning: string, limits?: Limits];

const ANY: Limits = [0, Number.POSITIVE_INFINITY];
const SHARE: Limits = [0, 1];

/** Sums over the requests of the batch. A step record has them all; every formula starts from them. */
const BATCH_SUMS: readonly SumRow[] = [
  ['prefillTokens', 'tokens', ['prefillTokens'], 'prompt tokens computed in this step'],
  ['decodeTokens', 'tokens', ['decodeTokens'], 'tokens computed for requests that are generating'],
  ['prefillRequests', 'requests', ['prefillRequests'], 'requests whose prompt is not complete yet'],
  ['decodeRequests', 'requests', ['decodeRequests'], 'requests that are generating'],
];

const BATCH: readonly Row[] = [
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

// Blocks that requests share (a common prefix) count once in a step record and once a request in a sum over requests.
const KV_SUMS: readonly SumRow[] = [
  [
    'kvTokens',
    'tokens',
    ['kvBlocksTotal', 'kvBlocksFree'],
    'context held for the batch: KV blocks in use × block size',
  ],
];

const KV: readonly Row[] = [
  ['kvTokensPerRequest', 'tokens', 'kvTokens / Math.max(requests, 1)', 'mean context of a request'],
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
];

/** Bytes of weights that a pass over some tokens reads: of the experts, those that the tokens are expected to visit. */
function weightBytes(tokens: string): string {
  return `attentionBytes * Math.min(${tokens}, 1) + expertBytes * (1 - Math.pow(missProbability, ${tokens}))`;
}

/** Time to move the bytes of one phase: weights, cache written and read, activations. */
function memoryUs(tokens: string, context: string): string {
  return `(${weightBytes(tokens)} + kvBytesPerToken * (${tokens} + ${context}) + activationBytesPerToken * ${tokens}) / bytesPerUs`;
}

const COMPONENTS: readonly Row[] = [
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
    'attentionFlopsPerPair * prefillTokens * (kvTokensPerRequest + prefillTokensPerRequest / 2) / flopsPerUs',
    'attention of prefill tokens over context and chunk (causal) at peak FLOP/s',
  ],
  [
    'decodeAttentionUs',
    'µs',
    'attentionFlopsPerPair * decodeTokens * kvTokensPerRequest / flopsPerUs',
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

const ARCHITECTURE: readonly Row[] = [
  ['parametersB', '10⁹', 'parameters / 1000000000', 'parameters of the model, in billions'],
  [
    'activeParametersB',
    '10⁹',
    '(parameters - layers * (experts - activeExperts) * expertWeights) / 1000000000',
    'parameters that a token visits, in billions',
  ],
  ['layers', 'layers', 'layers', 'layers of the model'],
  ['tp', 'GPUs', 'tp', 'tensor parallelism: GPUs that share each layer'],
  ['isMoe', '1', 'Math.min(experts - 1, 1)', '1 for a mixture-of-experts model, else 0', SHARE],
];

const ANALYSIS: readonly ColumnRow[] = [
  ['runningDepth', 'requests', 'depth of the running queue'],
  ['waitingDepth', 'requests', 'depth of the waiting queue'],
  ['finishedRequests', 'requests', 'requests that finish with the step'],
  ['preemptedRequests', 'requests', 'requests that were preempted'],
  ['kvUsageRatio', '1', 'share of the KV cache in use', SHARE],
  ['kvBlocksFree', 'blocks', 'free KV blocks'],
];

function sums(kind: FeatureKind, rows: readonly SumRow[]): readonly MeasuredFeature[] {
  return rows.map(([name, unit, needs, meaning]) => ({
    source: 'requests',
    visible: true,
    kind,
    name,
    unit,
    meaning,
    needs,
    limits: ANY,
  }));
}

function formulas(kind: FeatureKind, rows: readonly Row[]): readonly Omit<DerivedFeature, 'needs'>[] {
  return rows.map(([name, unit, formula, meaning, limits = ANY]) => ({
    source: 'formula',
    visible: true,
    kind,
    name,
    unit,
    meaning,
    formula,
    limits,
  }));
}

const DEFINED: readonly (MeasuredFeature | Omit<DerivedFeature, 'needs'>)[] = [
  ...sums('batch', BATCH_SUMS),
  ...formulas('batch', BATCH),
  ...sums('kv', KV_SUMS),
  ...formulas('kv', KV),
  ...formulas('component', COMPONENTS),
  ...formulas('architecture', ARCHITECTURE),
];

/** The columns that a formula needs are those of the features it names. */
function needsOf(name: string): readonly StepColumn[] {
  const feature = DEFINED.find((candidate) => candidate.name === name);
  if (feature === undefined) return [];
  if (feature.source === 'requests') return feature.needs;
  const names = (feature.formula.match(/[A-Za-z]\w*/g) ?? []).filter((used) => used !== name);
  return [...new Set(names.flatMap(needsOf))];
}

/** Whether a feature is a sum over requests of whole numbers, or a sum of such features. */
export function isCount(name: string): boolean {
  const feature = DEFINED.find((candidate) => candidate.name === name);
  if (feature?.source !== 'formula') return feature !== undefined;
  return /^\w+( \+ \w+)+$/.test(feature.formula) && feature.formula.split(' + ').every(isCount);
}

const VISIBLE: readonly (MeasuredFeature | DerivedFeature)[] = Object.freeze(
  DEFINED.map((feature) =>
    Object.freeze(feature.source === 'requests' ? feature : { ...feature, needs: needsOf(feature.name) }),
  ),
);

/**
 * Everything that can be known of a step, in the order in which people and models read it. Programs may use the
 * `visible` ones.
 */
export const FEATURES: readonly FeatureDefinition[] = Object.freeze([
  ...VISIBLE,
  ...ANALYSIS.map(([column, unit, meaning, limits = ANY]) =>
    Object.freeze({
      source: 'column' as const,
      visible: false as const,
      kind: 'analysis' as const,
      name: column,
      unit,
      meaning,
      needs: [column],
      limits,
      column,
      reason: `StepTime sees only the requests of the batch: ${column} (${meaning}) is out of its reach`,
    }),
  ),
]);

/** The features that programs may use. */
export function visibleFeatures(): readonly (MeasuredFeature | DerivedFeature)[] {
  return VISIBLE;
}
