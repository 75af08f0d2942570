import type { Random } from '../../numeric/index.ts';
import type { Scenario } from './scenarios.ts';
import { SERVER } from './server-settings.ts';

/** The requests of an experiment as columns, in order of arrival. */
export interface Requests {
  readonly count: number;
  /** When the server sees it, µs from the start. */
  readonly arrivalUs: Float64Array;
  readonly promptTokens: Int32Array;
  /** Leading prompt tokens that are in the prefix cache when it is first scheduled. */
  readonly cachedTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Which system prompt it opens with, 0 to `groups` − 1. */
  readonly group: Int32Array;
  readonly groups: number;
}

const GROUPS = 10;
const PROMPTS = 100;
/** Time over which a client's lateness fades, and its standard deviation. */
const LATENESS_MEMORY_S = 6;
const LATENESS_SIZE_S = 0.9;

/**
 * Draws the requests of a scenario. They are due at constant intervals; a client that falls behind and catches up makes
 * them arrive unevenly, never out of order.
 */
export function drawRequests(scenario: Scenario, random: Random): Requests {
  const { workload, stages } = scenario;
  const count = stages.reduce((n, s) => n + Math.round(s.rate * s.durationS), 0);
  const requests: Requests = {
    count,
    arrivalUs: arrivals(scenario, count, random.split('arrivals')),
    promptTokens: new Int32Array(count),
    cachedTokens: new Int32Array(count),
    outputTokens: new Int32Array(count),
    group: new Int32Array(count),
    groups: GROUPS,
  };
  const lengths = random.split('lengths');
  // The questions repeat: asked again, one is found in the prefix cache.
  const questions = Int32Array.from({ length: PROMPTS }, () =>
    jittered(workload.questionTokens, workload.questionSpread, lengths),
  );
  const turn = workload.questionTokens + workload.outputTokens;
  const system = workload.systemPromptTokens;
  for (let r = 0; r < count; r++) {
    const fresh = r < PROMPTS || lengths.uniform() < workload.freshShare;
    const history = lengths.integer(workload.historyTurns + 1) * turn;
    const output = jittered(workload.outputTokens, workload.outputSpread, lengths);
    const question =
      r < PROMPTS || !fresh
        ? (questions[r % PROMPTS] as number)
        : jittered(workload.questionTokens, workload.questionSpread, lengths);
    const prompt = Math.min(system + history + question, SERVER.maxModelTokens - output);
    // Whole blocks only, and at least one token is left to compute.
    const known = fresh ? system + history : prompt - 1;
    requests.promptTokens[r] = prompt;
    requests.cachedTokens[r] = wholeBlocks(Math.min(known, prompt - 1));
    requests.outputTokens[r] = output;
    requests.group[r] = r % GROUPS;
  }
  return requests;
}

/** Tokens of the system prompt that requests of one group share as whole blocks. */
export function sharedTokens(scenario: Scenario): number {
  return wholeBlocks(scenario.workload.systemPromptTokens);
}

function wholeBlocks(tokens: number): number {
  return Math.floor(tokens / SERVER.blockTokens) * SERVER.blockTokens;
}

function arrivals(scenario: Scenario, count: number, random: Random): Float64Array {
  const out = new Float64Array(count);
  let r = 0;
  let dueS = 0;
  let latenessS = 0;
  let lastUs = 0;
  for (const { rate, durationS } of scenario.stages) {
    const keep = Math.exp(-1 / (rate * LATENESS_MEMORY_S));
    const kick = LATENESS_SIZE_S * Math.sqrt(1 - keep * keep);
    for (let k = Math.round(rate * durationS); k > 0 && r < count; k--) {
      latenessS = keep * latenessS + kick * random.normal();
      lastUs = Math.max(lastUs, Math.round((dueS + Math.max(0, latenessS)) * 1e6));
      out[r++] = lastUs;
      dueS += 1 / rate;
    }
  }
  return out;
}

/** A log-normal length of the given mean, cut at a quarter and at four times the mean. */
function jittered(mean: number, spread: number, random: Random): number {
  const length = mean * Math.exp(spread * random.normal() - (spread * spread) / 2);
  return Math.max(1, Math.round(Math.min(Math.max(length, mean / 4), mean * 4)));
}
