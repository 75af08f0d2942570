import type { Random } from '../../numeric/index.ts';
import type { Workload } from './scenarios.ts';

/** Where the load pauses, as shares of its duration. The first phase comes before it, the last one after it. */
export const QUIET_AT: readonly number[] = Object.freeze([0, 0.3, 0.7, 1]);

/** A run of prompts that come one soon after another. Prompt lengths are spread evenly in their logarithm. */
interface Burst {
  readonly prompts: number;
  readonly leastTokens: number;
  readonly mostTokens: number;
  readonly meanGapS: number;
}

// The gaps are about the time that one or the other server takes for such a prompt, so that each server is mostly busy in
// some burst, with one or a few prompts a step.
const BURSTS: readonly Burst[] = [
  { prompts: 120, leastTokens: 16, mostTokens: 256, meanGapS: 0.006 },
  { prompts: 120, leastTokens: 16, mostTokens: 256, meanGapS: 0.015 },
  { prompts: 60, leastTokens: 256, mostTokens: 3600, meanGapS: 0.05 },
  { prompts: 60, leastTokens: 256, mostTokens: 3600, meanGapS: 0.12 },
];

export const QUIET_PROMPTS: number = BURSTS.reduce((n, { prompts }) => n + prompts, 0);

/** Between the bursts of a phase, and after its last one. */
const REST_S = 20;
/**
 * More than the longest answer takes that is still running: outputs reach four times their mean,
 * a decode step takes less than 40 ms.
 */
const DRAIN_S_PER_TOKEN = 4 * 0.04;

/** A prompt of a quiet phase: it is not in the prefix cache, and one output token is wanted of it. */
export interface QuietPrompt {
  /** From the start of the phase. */
  readonly arrivalS: number;
  readonly promptTokens: number;
}

/** How long a quiet phase lasts at most: the server drains, the bursts come, and all of them are answered. */
export function quietS(workload: Workload): number {
  return drainS(workload) + BURSTS.reduce((s, { prompts, meanGapS }) => s + 2 * prompts * meanGapS + REST_S, 0);
}

/**
 * Draws what a client sends while the load pauses: prompts that are only classified. The server is idle before, so that
 * these are the batches without decode requests, as every server has them when it starts and in quiet hours.
 */
export function drawQuietPrompts(workload: Workload, random: Random): readonly QuietPrompt[] {
  let startS = drainS(workload);
  return BURSTS.flatMap(({ prompts, leastTokens, mostTokens, meanGapS }) => {
    let arrivalS = startS;
    startS += 2 * prompts * meanGapS + REST_S;
    return Array.from({ length: prompts }, () => {
      arrivalS -= meanGapS * Math.log(1 - random.uniform());
      const promptTokens = Math.round(leastTokens * Math.exp(random.uniform() * Math.log(mostTokens / leastTokens)));
      return { arrivalS, promptTokens };
    });
  });
}

function drainS(workload: Workload): number {
  return workload.outputTokens * DRAIN_S_PER_TOKEN;
}
