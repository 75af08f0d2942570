import { describe, expect, it } from 'vitest';
import { simulateRun } from '../../../../src/data/demo/raw/simulate-run.ts';
import { simulate } from '../../../../src/data/demo/simulate.ts';
import { CROWDED, SHORT } from './short-scenario.ts';

const settings = { seed: 3, sampleShare: 0.2 };
const crowded = simulateRun(CROWDED, settings);
const short = simulateRun(SHORT, settings);

describe.each([
  ['a short run', SHORT, short],
  ['a run that preempts', CROWDED, crowded],
])('the truth of %s', (_, scenario, truth) => {
  const { steps, state, requests, measured } = truth.experiment;
  const rows = Array.from(steps.stepId.keys());
  const entriesOf = (row: number): readonly number[] => {
    const from = state.offsets[row]!;
    return Array.from({ length: state.offsets[row + 1]! - from }, (__, i) => from + i);
  };

  it('does not change what happens', () => {
    const { experiment } = simulate(scenario, settings);
    expect(experiment.steps).toEqual(steps);
    expect(experiment.measured).toEqual(measured);
  });

  it('has the state of each recorded batch, which adds up to its step record', () => {
    expect(state.offsets).toHaveLength(rows.length + 1);
    for (const row of rows) {
      const entries = entriesOf(row);
      const prefills = entries.filter((at) => state.outputTokens[at] === 0);
      const sum = (of: readonly number[]): number => of.reduce((total, at) => total + state.newTokens[at]!, 0);
      expect(prefills).toHaveLength(steps.prefillRequests[row]!);
      expect(entries).toHaveLength(steps.prefillRequests[row]! + steps.decodeRequests[row]!);
      expect(sum(prefills)).toBe(steps.prefillTokens[row]!);
      expect(sum(entries)).toBe(steps.scheduledTokens[row]!);
      for (const at of entries) {
        const known = state.promptTokens[at]! + state.outputTokens[at]!;
        expect(state.computedTokens[at]! + state.newTokens[at]!).toBeLessThanOrEqual(known);
      }
    }
  });

  it('has times in the order in which a request goes through the server', () => {
    for (let r = 0; r < requests.arrivalUs.length; r++) {
      expect(requests.queuedUs[r]! - requests.arrivalUs[r]!).toBeCloseTo(1500, 2);
      expect(requests.scheduledUs[r]!).toBeGreaterThanOrEqual(requests.queuedUs[r]! - 1e-3);
      expect(requests.firstTokenUs[r]!).toBeGreaterThan(requests.scheduledUs[r]!);
      expect(requests.lastTokenUs[r]!).toBeGreaterThanOrEqual(requests.firstTokenUs[r]!);
      expect(requests.departedUs[r]! - requests.lastTokenUs[r]!).toBeCloseTo(1500, 2);
    }
  });

  it('has the latencies that the simulated clients measured', () => {
    const { arrivalUs, firstTokenUs, lastTokenUs, outputTokens, tokenTimes } = truth.clientRequests;
    const n = arrivalUs.length;
    const mean = (value: (r: number) => number): number => arrivalUs.reduce((sum, __, r) => sum + value(r) / n, 0);
    expect(mean((r) => lastTokenUs[r]! - arrivalUs[r]!) / 1000).toBeCloseTo(measured.e2eMs, 6);
    expect(mean((r) => firstTokenUs[r]! - arrivalUs[r]!) / 1000).toBeCloseTo(measured.ttftMs, 6);
    expect(tokenTimes!.us).toHaveLength(outputTokens.reduce((sum, tokens) => sum + tokens, 0));
    for (let r = 0; r < n; r++) {
      const own = tokenTimes!.us.subarray(tokenTimes!.offsets[r], tokenTimes!.offsets[r + 1]);
      expect(own[0]).toBe(firstTokenUs[r]);
      expect(own.every((us, at) => at === 0 || us > own[at - 1]!)).toBe(true);
    }
  });
});

describe('preempted requests', () => {
  it('are there where the cache is full, and are computed again from what is shared', () => {
    const { state, requests } = crowded.experiment;
    expect(requests.preemptions.some((count) => count > 0)).toBe(true);
    expect(short.experiment.requests.preemptions.every((count) => count === 0)).toBe(true);
    const again = Array.from(state.preemptions.keys()).filter((at) => state.preemptions[at]! > 0);
    expect(again.some((at) => state.newTokens[at]! > 1 && state.outputTokens[at]! > 0)).toBe(true);
  });
});
