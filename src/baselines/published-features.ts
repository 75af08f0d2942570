import type { ServingContext, StepColumn } from '../physics/index.ts';
import type { StepRows } from './rows.ts';

/** The columns that the published features look at beyond those that every step record has. */
export const PUBLISHED_COLUMNS: readonly StepColumn[] = [
  'kvUsageRatio',
  'kvBlocksTotal',
  'kvBlocksFree',
  'runningDepth',
];

/** Names of the published 30 features, in order. Many look at the queue and the cache, which a step-time program cannot see. */
export const PUBLISHED_FEATURES: readonly string[] = [
  'prefillTokens',
  'decodeTokens',
  'scheduledTokens',
  'prefillRequests',
  'decodeRequests',
  'kvUsageRatio',
  'kvBlocksUsed',
  'kvBlocksFree',
  'runningDepth',
  'kvPressure',
  'prefillShare',
  'decodeShare',
  'isMixed',
  'isPrefillOnly',
  'flops',
  'arithmeticIntensity',
  'isComputeBound',
  'prefillIntensity',
  'decodeMemoryRatio',
  'zero',
  'one',
  'activeExpertShare',
  'modelId',
  'tp',
  'isMoe',
  'prefillTimesDecode',
  'pressureTimesDecodeRequests',
  'intensityTimesMoe',
  'prefillTimesUsage',
  'requestsTimesPressure',
];

/** The published models' numbers; another architecture counts on from there. */
const MODEL_IDS: Readonly<Record<string, number>> = {
  'codellama-34b': 0,
  'llama-2-7b': 1,
  'llama-2-70b': 2,
  'mixtral-8x7b-v0-1': 3,
};
const OTHER_MODEL_ID = 4;

/**
 * The published 30 features as columns, in the order of `PUBLISHED_FEATURES`. The active-expert share makes a
 * mixture-of-experts model's feed-forward FLOPs too low by the number of experts against top-k routing of full experts; it is
 * kept, because it is part of the published baseline.
 */
export function publishedFeatures({ steps, context }: StepRows): readonly Float64Array[] {
  const rows = steps.stepId.length;
  const columns = PUBLISHED_FEATURES.map(() => new Float64Array(rows));
  const model = modelFigures(context);
  for (let row = 0; row < rows; row++) {
    const values = rowFeatures(
      {
        prefill: steps.prefillTokens[row]!,
        decode: steps.decodeTokens[row]!,
        scheduled: steps.scheduledTokens[row]!,
        prefillRequests: steps.prefillRequests[row]!,
        decodeRequests: steps.decodeRequests[row]!,
        usage: steps.kvUsageRatio[row]!,
        total: steps.kvBlocksTotal[row]!,
        free: steps.kvBlocksFree[row]!,
        running: steps.runningDepth[row]!,
      },
      model,
    );
    for (const [at, value] of values.entries()) columns[at]![row] = value;
  }
  return columns;
}

interface Batch {
  readonly prefill: number;
  readonly decode: number;
  readonly scheduled: number;
  readonly prefillRequests: number;
  readonly decodeRequests: number;
  readonly usage: number;
  readonly total: number;
  readonly free: number;
  readonly running: number;
}

interface ModelFigures {
  readonly id: number;
  readonly tp: number;
  readonly isMoe: number;
  readonly activeShare: number;
  readonly flopsPerToken: number;
  readonly weightBytes: number;
  /** FLOP per byte at which compute and memory take equally long. */
  readonly ridgePoint: number;
}

function modelFigures({ architecture, hardware, tensorParallelism: tp }: ServingContext): ModelFigures {
  const { hiddenSize: d, kvHeads, headSize, intermediateSize: ff, layers, experts, activeExperts } = architecture;
  const dkv = kvHeads * headSize;
  const activeShare = activeExperts / experts;
  return {
    id: MODEL_IDS[architecture.name] ?? OTHER_MODEL_ID,
    tp,
    isMoe: experts > 1 ? 1 : 0,
    activeShare,
    flopsPerToken: ((2 * (d * d + 2 * d * dkv) + 2 * d * d + 6 * d * ff * activeShare) * layers) / tp,
    weightBytes: ((d * (d + 2 * dkv) + d * d + 3 * d * ff) * 2 * layers) / tp,
    ridgePoint: hardware.peakFlops / (hardware.memoryBandwidth * hardware.bandwidthEfficiency),
  };
}

function rowFeatures(batch: Batch, model: ModelFigures): readonly number[] {
  const { prefill, decode, scheduled, prefillRequests: np, decodeRequests: nd, usage, total, free, running } = batch;
  const used = total - free;
  const pressure = used / Math.max(total, 1);
  const bytes = Math.max(model.weightBytes, 1);
  const flops = model.flopsPerToken * scheduled;
  const intensity = flops / bytes;
  return [
    prefill,
    decode,
    scheduled,
    np,
    nd,
    usage,
    used,
    free,
    running,
    pressure,
    prefill / Math.max(scheduled, 1),
    decode / Math.max(scheduled, 1),
    np > 0 && nd > 0 ? 1 : 0,
    nd === 0 ? 1 : 0,
    flops,
    intensity,
    intensity > model.ridgePoint ? 1 : 0,
    prefill > 0 ? (model.flopsPerToken * prefill) / bytes : 0,
    decode > 0 ? model.weightBytes / Math.max(model.flopsPerToken * decode, 1) : 0,
    0,
    1,
    model.activeShare,
    model.id,
    model.tp,
    model.isMoe,
    prefill * decode,
    pressure * nd,
    intensity * model.isMoe,
    prefill * usage,
    (np + nd) * pressure,
  ];
}
