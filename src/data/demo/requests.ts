import type { Random } from '../../numeric/index.ts';
import type { ServingRequests } from '../../serving/index.ts';
import { drawQuietPrompts, QUIET_AT, quietS } from './quiet.ts';
import type { Scenario } from './scenarios.ts';
import { SERVER } from './server-settings.ts';

/** The requests of an experiment as columns, in order of arrival at the engine, µs from the start. */
export interface Requests extends Required<ServingRequests> {
  readonly count: number;
}

/** System prompts; each request opens with one of them. */
const GROUPS = 10;
const PROMPTS = 100;
/** Time over which a client's lateness fades, and its standard deviation. */
const LATENESS_MEMORY_S = 6;
const LATENESS_SIZE_S = 0.9;

interface Request {
  readonly arrivalUs: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/**
 * Draws the requests of a scenario. Those of the load are due at constant intervals; a client that falls behind and
 * catches up makes them arrive unevenly, never out of order. Between, before and after them are quiet phases.
 */
export function drawRequests(scenario: Scenario, random: Random): Requests {
  const requests = [...loadRequests(scenario, random), ...quietRequests(scenario, random.split('quiet'))].sort(
    (a, b) => a.arrivalUs - b.arrivalUs,
  );
  return {
    count: requests.length,
    arrivalUs: Float64Array.from(requests, ({ arrivalUs }) => arrivalUs),
    promptTokens: Float64Array.from(requests, ({ promptTokens }) => promptTokens),
    cachedTokens: Float64Array.from(requests, ({ cachedTokens }) => cachedTokens),
    outputTokens: Float64Array.from(requests, ({ outputTokens }) => outputTokens),
    prefixes: {
      of: Int32Array.from(requests, (_, r) => r % GROUPS),
      tokens: new Float64Array(GROUPS).fill(scenario.workload.systemPromptTokens),
    },
  };
}

function loadRequests(scenario: Scenario, random: Random): readonly Request[] {
  const { workload } = scenario;
  const lengths = random.split('lengths');
  // The questions repeat: asked again, one is found in the prefix cache.
  const questions = Int32Array.from({ length: PROMPTS }, () =>
    jittered(workload.questionTokens, workload.questionSpread, lengths),
  );
  const turn = workload.questionTokens + workload.outputTokens;
  const system = workload.systemPromptTokens;
  return Array.from(arrivals(scenario, random.split('arrivals')), (arrivalUs, r): Request => {
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
    return {
      arrivalUs,
      promptTokens: prompt,
      cachedTokens: wholeBlocks(Math.min(known, prompt - 1)),
      outputTokens: output,
    };
  });
}

function quietRequests(scenario: Scenario, random: Random): readonly Request[] {
  const { workload } = scenario;
  const system = workload.systemPromptTokens;
  return QUIET_AT.flatMap((share, phase) => {
    const startS = share * durationS(scenario) + phase * quietS(workload);
    return drawQuietPrompts(workload, random.split(String(phase))).map(({ arrivalS, promptTokens }) => ({
      arrivalUs: Math.round((startS + arrivalS) * 1e6),
      promptTokens: system + promptTokens,
      cachedTokens: wholeBlocks(system),
      outputTokens: 1,
    }));
  });
}

function durationS({ stages }: Scenario): number {
  return stages.reduce((total, stage) => total + stage.durationS, 0);
}

function wholeBlocks(tokens: number): number {
  return Math.floor(tokens / SERVER.blockTokens) * SERVER.blockTokens;
}

function arrivals(scenario: Scenario, random: Random): readonly number[] {
  const out: number[] = [];
  let dueS = 0;
  let latenessS = 0;
  let lastUs = 0;
  for (const { rate, durationS: stageS } of scenario.stages) {
    const keep = Math.exp(-1 / (rate * LATENESS_MEMORY_S));
    const kick = LATENESS_SIZE_S * Math.sqrt(1 - keep * keep);
    for (let k = Math.round(rate * stageS); k > 0; k--) {
      latenessS = keep * latenessS + kick * random.normal();
      lastUs = Math.max(lastUs, Math.round((dueS + pausedS(scenario, dueS) + Math.max(0, latenessS)) * 1e6));
      out.push(lastUs);
      dueS += 1 / rate;
    }
  }
  return out;
}

/** How long the load has paused before a request that is due at a time of the load. */
function pausedS(scenario: Scenario, dueS: number): number {
  const total = durationS(scenario);
  return QUIET_AT.filter((share) => share * total <= dueS).length * quietS(scenario.workload);
}

/** When each stage of the load begins, µs from the start: what comes before the second one counts as of the first. */
export function stageStartsUs(scenario: Scenario): readonly number[] {
  let dueS = 0;
  return scenario.stages.map((stage, at) => {
    const startUs = at === 0 ? 0 : Math.round((dueS + pausedS(scenario, dueS)) * 1e6);
    dueS += stage.durationS;
    return startUs;
  });
}

/** A log-normal length of the given mean, cut at a quarter and at four times the mean. */
function jittered(mean: number, spread: number, random: Random): number {
  const length = mean * Math.exp(spread * random.normal() - (spread * spread) / 2);
  return Math.max(1, Math.round(Math.min(Math.max(length, mean / 4), mean * 4)));
}
