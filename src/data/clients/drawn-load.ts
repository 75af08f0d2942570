import { createRandom, type RowRange } from '../../numeric/index.ts';
import type { ServingRequests } from '../../serving/index.ts';
import type { LoadProfile, LoadStage } from './load-profile.ts';

/** The requests of a profile. */
export interface DrawnLoad {
  readonly requests: ServingRequests;
  /** Requests of each stage. */
  readonly stages: readonly RowRange[];
}

/** A drawn load is the same each time. */
const SEED = 1;

/**
 * Draws the requests of a load as inference-perf sends them, one stage after another: at random times, at a constant rate as many as
 * the rate makes of the time of the stage (step records of real runs show batches as uneven as that), or as a Poisson process;
 * prompts in turn, those of the groups by turns too. The prefix cache has nothing of a group's first prompt, the system prompt of
 * another that comes for the first time, and afterwards all but the last token, in whole blocks. All prompts are of the mean length.
 * Where more is cached than the system prompt, what requests share of the KV cache is still counted as the system prompt alone:
 * the same prompt is rarely served twice at a time.
 *
 * Source: kubernetes-sigs/inference-perf, `datagen/shared_prefix_datagen.py` and `loadgen/load_timer.py`.
 *
 * @param rate how many times as fast the requests are to come.
 */
export function drawnLoad(profile: LoadProfile, blockSize: number, rate = 1): DrawnLoad {
  const { groups, promptsPerGroup, systemPromptTokens, outputTokens } = profile;
  const promptTokens = Math.round(profile.promptTokens);
  const arrivals: number[] = [];
  const random = createRandom(SEED).split('load');
  let startS = 0;
  const stages = profile.stages.map((stage): RowRange => {
    const from = arrivals.length;
    for (const gapS of ARRIVALS[profile.arrivals](stage, () => random.uniform())) arrivals.push(startS + gapS);
    startS += stage.durationS;
    return [from, arrivals.length];
  });
  const wholeBlocks = (tokens: number): number => Math.floor(tokens / blockSize) * blockSize;
  const most = wholeBlocks(promptTokens - 1);
  const ofGroup = Math.min(wholeBlocks(systemPromptTokens), most);
  const cachedOf = (request: number): number =>
    request < groups ? 0 : request < groups * promptsPerGroup ? ofGroup : most;
  const rows = arrivals.map((_, request) => request);
  return {
    requests: {
      arrivalUs: Float64Array.from(arrivals, (s) => (s * 1e6) / rate),
      promptTokens: new Float64Array(rows.length).fill(promptTokens),
      outputTokens: new Float64Array(rows.length).fill(outputTokens),
      cachedTokens: Float64Array.from(rows, cachedOf),
      prefixes: {
        of: Int32Array.from(rows, (request) => request % groups),
        tokens: new Float64Array(groups).fill(Math.min(systemPromptTokens, promptTokens - 1)),
      },
    },
    stages,
  };
}

/** Times of the requests of a stage, s from its beginning. */
const ARRIVALS: {
  readonly [A in LoadProfile['arrivals']]: (stage: LoadStage, uniform: () => number) => readonly number[];
} = {
  // Gaps of a Poisson process, stretched to the stage: the order statistics of uniform times.
  constant: ({ rate, durationS }, uniform) =>
    Array.from({ length: Math.round(rate * durationS) }, () => durationS * uniform()).sort((a, b) => a - b),
  poisson: ({ rate, durationS }, uniform) => {
    const times: number[] = [];
    for (let s = -Math.log(1 - uniform()) / rate; s < durationS; s -= Math.log(1 - uniform()) / rate) times.push(s);
    return times;
  },
};
