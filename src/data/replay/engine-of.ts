import { kvBytesPerToken, rankWeightBytes, type ServingContext } from '../../physics/index.ts';
import { DEFAULT_ENGINE, type EngineSettings } from '../../serving/index.ts';
import type { Experiment } from '../dataset.ts';

/** Settings that a user may try in place of those of the server. */
export type EngineChanges = Partial<
  Pick<EngineSettings, 'maxNumSeqs' | 'maxNumBatchedTokens' | 'kvBlocks' | 'dataParallel' | 'asyncScheduling'>
>;

/** How an engine is simulated, and what had to be assumed for it. */
export interface AssumedEngine {
  readonly settings: EngineSettings;
  /** One line each. */
  readonly assumed: readonly string[];
}

/** Share of the memory that vLLM takes by default. */
const MEMORY_SHARE = 0.9;
/** Since this version vLLM schedules a step while the one before it runs. */
const ASYNC_SINCE = [0, 14] as const;
/**
 * Since this version vLLM admits a request only where its whole sequence fits: the option came with its pull request 37307, and
 * engines of this version say that it is on.
 */
const RESERVE_SINCE = [0, 19] as const;

/**
 * The engine that an experiment ran on: as its source says, else as its step records show, else vLLM's defaults.
 *
 * @param changes win over all of these.
 */
export function engineOf(
  { settings: known = {}, steps, blockSize }: Pick<Experiment, 'settings' | 'steps' | 'blockSize'>,
  context: ServingContext,
  changes: EngineChanges = {},
): AssumedEngine {
  const assumed: string[] = [];
  const assume = (name: 'maxNumSeqs' | 'maxNumBatchedTokens'): number => {
    const value = changes[name] ?? known[name];
    if (value !== undefined) return value;
    assumed.push(`${name} ${DEFAULT_ENGINE[name]}, vLLM's default`);
    return DEFAULT_ENGINE[name];
  };
  const [traced = Number.NaN] = steps?.kvBlocksTotal ?? [];
  const said = changes.kvBlocks ?? known.kvBlocks ?? (Number.isFinite(traced) ? traced : undefined);
  const kvBlocks = said ?? estimatedBlocks(context);
  if (said === undefined) {
    assumed.push(`${kvBlocks} KV blocks, from the memory of ${context.hardware.name} and the weights`);
  }
  const dataParallel = changes.dataParallel ?? known.dataParallel ?? 1;
  return {
    settings: {
      ...DEFAULT_ENGINE,
      maxNumSeqs: assume('maxNumSeqs'),
      maxNumBatchedTokens: assume('maxNumBatchedTokens'),
      maxModelLen: known.maxModelLen ?? DEFAULT_ENGINE.maxModelLen,
      kvBlocks,
      blockSize,
      chunkedPrefill: known.chunkedPrefill ?? true,
      prefixCaching: known.prefixCaching ?? true,
      reserveFullPrompt: isSince(RESERVE_SINCE, known.engineVersion),
      asyncScheduling: changes.asyncScheduling ?? known.asyncScheduling ?? isSince(ASYNC_SINCE, known.engineVersion),
      dataParallel,
      lockStep: dataParallel > 1 && known.expertParallel === true && context.architecture.experts > 1,
    },
    assumed,
  };
}

/** What vLLM's share of the memory leaves beside the weights; activations and graphs are not counted. */
function estimatedBlocks(context: ServingContext): number {
  const { architecture, hardware, tensorParallelism: tp, dataParallelism, pipelineParallelism: pp = 1 } = context;
  const bytes = MEMORY_SHARE * hardware.memoryBytes * tp * pp - rankWeightBytes(architecture, dataParallelism);
  return Math.max(1, Math.floor(bytes / (kvBytesPerToken(architecture, tp) * context.blockSize)));
}

function isSince(since: readonly [number, number], version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major > since[0] || (major === since[0] && minor >= since[1]);
}
