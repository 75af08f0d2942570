import { beforeAll, describe, expect, it } from 'vitest';
import { QUIET_AT, QUIET_PROMPTS } from '../../../src/data/demo/quiet.ts';
import { SCENARIOS } from '../../../src/data/demo/scenarios.ts';
import { type Simulation, simulate } from '../../../src/data/demo/simulate.ts';
import { cyclePairs, littleE2e } from '../../../src/data/index.ts';
import type { StepColumn, StepColumns } from '../../../src/physics/index.ts';

/** Every step of every experiment, not only a sample. */
let runs: readonly Simulation[];

beforeAll(() => {
  runs = SCENARIOS.map((scenario) => simulate(scenario, { seed: 1, sampleShare: 1 }));
}, 60_000);

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
function mean(values: Float64Array): number {
  return sum(values) / values.length;
}
function least(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b));
}
function most(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b));
}
function requestsOf(steps: StepColumns): Float64Array {
  return steps.prefillRequests.map((prefill, row) => prefill + steps.decodeRequests[row]!);
}

/** The cycle of every step; where a step has no successor, the one before stands in. */
function cyclesOf(steps: StepColumns): Float64Array {
  const { index, cycleUs } = cyclePairs(steps);
  let pair = 0;
  return steps.stepId.map((_, row) => {
    if (index[pair + 1]! <= row) pair++;
    return cycleUs[pair]!;
  });
}

describe.each(SCENARIOS.map((scenario, at) => ({ id: scenario.id, scenario, at })))('$id', ({ scenario, at }) => {
  it('finishes every request that arrived, once', () => {
    const { experiment, requests, stepCount } = runs[at]!;
    const load = scenario.stages.reduce((n, { rate, durationS }) => n + Math.round(rate * durationS), 0);
    expect(requests.count).toBe(load + QUIET_AT.length * QUIET_PROMPTS);
    expect(sum(experiment.steps.finishedRequests)).toBe(requests.count);
    expect(experiment.requests.lastTokenUs.every((us, r) => us >= experiment.requests.firstTokenUs[r]!)).toBe(true);
    expect(experiment.measured.completed).toBe(requests.count);
    expect(experiment.steps.stepId.length).toBe(stepCount);
  });

  it('takes a decode step for every output token but the first, and more only after preemption', () => {
    const { experiment, requests } = runs[at]!;
    const { steps } = experiment;
    const decodes = sum(requests.outputTokens) - requests.count;
    const surplus = sum(steps.decodeRequests) - decodes;
    const preemptions = sum(steps.preemptedRequests);
    expect(surplus).toBeGreaterThanOrEqual(0);
    // A context that is computed again may need more than one step.
    expect(surplus).toBeLessThanOrEqual(2 * preemptions);
    expect(sum(steps.decodeTokens) > sum(steps.decodeRequests)).toBe(preemptions > 0);
  });

  it('keeps the token budget, the sequence limit and the KV blocks', () => {
    const { steps } = runs[at]!.experiment;
    expect(most(steps.scheduledTokens)).toBeLessThanOrEqual(2048);
    expect(most(steps.runningDepth)).toBeLessThanOrEqual(128);
    expect(least(steps.kvBlocksFree)).toBeGreaterThanOrEqual(0);
    expect(steps.kvBlocksTotal.every((total) => total === scenario.kvBlocks)).toBe(true);
    expect(requestsOf(steps).every((requests, row) => requests <= steps.runningDepth[row]!)).toBe(true);
    const { prefillTokens, decodeTokens } = steps;
    expect(steps.scheduledTokens.every((tokens, row) => tokens === prefillTokens[row]! + decodeTokens[row]!)).toBe(
      true,
    );
  });

  it("obeys Little's law: step times give the latency that the clients measured", () => {
    const { experiment } = runs[at]!;
    const { e2eMs } = littleE2e(experiment, cyclesOf(experiment.steps))!;
    expect(Math.abs(e2eMs / experiment.measured.e2eMs - 1)).toBeLessThan(0.04);
  });

  it('reports half the time between tokens', () => {
    const { ttftMs, itlMs, e2eMs, meanOutputTokens } = runs[at]!.experiment.measured;
    const decodeMs = 2 * itlMs * (meanOutputTokens - 1);
    expect(Math.abs((ttftMs + decodeMs) / e2eMs - 1)).toBeLessThan(0.05);
    expect(ttftMs).toBeLessThan(e2eMs);
  });
});

describe('the demo server', () => {
  // Every fifth: each model and each workload once.
  it.each([0, 5, 10, 15])('runs the same whether all steps are recorded or a tenth (experiment %i)', (at) => {
    const every = runs[at]!.experiment.steps;
    const sampled = simulate(SCENARIOS[at]!, { seed: 1, sampleShare: 0.1 }).experiment.steps;
    const rowOf = new Map(Array.from(every.stepId, (id, row) => [id, row]));
    const differing = (Object.keys(every) as StepColumn[]).filter((name) =>
      sampled.stepId.some((id, row) => sampled[name][row] !== every[name][rowOf.get(id)!]),
    );
    expect(differing).toEqual([]);
    expect(sampled.stepId.length / every.stepId.length).toBeCloseTo(0.1, 2);
    const cycles = cyclesOf(every);
    const { index, cycleUs } = cyclePairs(sampled);
    expect(cycleUs.every((us, pair) => us === cycles[rowOf.get(sampled.stepId[index[pair]!]!)!])).toBe(true);
  });

  it('has idle gaps, and none of them passes for a step time', () => {
    const gaps = runs.map(({ experiment }) => experiment.steps.stepId.at(-1)! - experiment.steps.stepId.length);
    expect(Math.min(...gaps)).toBeGreaterThan(10);
    const longest = runs.map(({ experiment }) => most(cyclesOf(experiment.steps)));
    expect(Math.max(...longest)).toBeLessThan(500_000);
  });

  it('has more load late than early where the rate steps up', () => {
    const stepped = runs.filter((_, at) => SCENARIOS[at]!.stages.length > 1);
    const ratios = stepped.map(({ experiment }) => {
      const requests = requestsOf(experiment.steps);
      const { length } = requests;
      return mean(requests.subarray(length * 0.7, length * 0.95)) / mean(requests.subarray(0, length * 0.4));
    });
    expect(Math.min(...ratios)).toBeGreaterThan(1.7);
  });

  it('reaches its limits: a full token budget, all sequences, a waiting queue and preemption', () => {
    const steps = runs.map(({ experiment }) => experiment.steps);
    expect(Math.max(...steps.map((s) => most(s.scheduledTokens)))).toBe(2048);
    expect(Math.max(...steps.map((s) => most(s.runningDepth)))).toBe(128);
    expect(Math.max(...steps.map((s) => most(s.waitingDepth)))).toBeGreaterThan(5);
    expect(Math.max(...steps.map((s) => sum(s.preemptedRequests)))).toBeGreaterThan(20);
  });
});
