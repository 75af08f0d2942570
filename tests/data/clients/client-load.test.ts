import { describe, expect, it } from 'vitest';
import { clientLoad, type LoadProfile } from '../../../src/data/index.ts';
import { drawnLoad } from '../../../src/data/clients/drawn-load.ts';
import type { ClientReport } from '../../../src/data/clients/load-profile.ts';
import { sharedTokens } from '../../../src/data/clients/shared-tokens.ts';
import { whyUnsteady } from '../../../src/data/clients/unsteady.ts';
import { requestColumns } from '../../../src/data/requests.ts';
import { sampleSteps, range } from '../sample.ts';

/** 2 groups of 3 prompts: 20 tokens of system prompt, 50 in all; 4 requests in 2 s, then 10 in 2 s. */
const PROFILE: LoadProfile = {
  arrivals: 'constant',
  stages: [
    { rate: 2, durationS: 2 },
    { rate: 5, durationS: 2 },
  ],
  groups: 2,
  promptsPerGroup: 3,
  systemPromptTokens: 20,
  promptTokens: 49.6,
  outputTokens: 7,
};

function report(ttftMs: number, e2eMs: number, failed = 0): ClientReport {
  const figures = (ms: number) => ({ mean: ms, p50: ms, p90: ms, p99: ms });
  return { completed: 100, failed, ttftMs: figures(ttftMs), itlMs: figures(10), e2eMs: figures(e2eMs) };
}

describe('requests drawn from a load profile', () => {
  const { requests, stages } = drawnLoad(PROFILE, 16);

  it('come at random times, as many in each stage as its rate makes, the same each time', () => {
    const { arrivalUs } = drawnLoad({ ...PROFILE, stages: [{ rate: 8, durationS: 500 }] }, 16).requests;
    expect(arrivalUs).toHaveLength(4000);
    const counts = range(0, 500).map((s) => arrivalUs.filter((us) => us >= s * 1e6 && us < (s + 1) * 1e6).length);
    const variance = counts.reduce((sum, count) => sum + (count - 8) ** 2, 0) / counts.length;
    expect(variance).toBeGreaterThan(6.5);
    expect(variance).toBeLessThan(9.5);
    expect([...arrivalUs].sort((a, b) => a - b)).toEqual([...arrivalUs]);
    expect(requests.arrivalUs[3]!).toBeLessThan(2e6);
    expect(requests.arrivalUs[4]!).toBeGreaterThanOrEqual(2e6);
    expect(stages).toEqual([
      [0, 4],
      [4, 14],
    ]);
    expect([...drawnLoad(PROFILE, 16, 2).requests.arrivalUs]).toEqual([...requests.arrivalUs].map((us) => us / 2));
  });

  it('find in the prefix cache what came before', () => {
    expect(new Set(requests.promptTokens)).toEqual(new Set([50]));
    // Nothing; then one whole block of the system prompt; from the second turn on all blocks before the last token.
    expect([...requests.cachedTokens!]).toEqual([0, 0, 16, 16, 16, 16, ...range(0, 8).map(() => 48)]);
    expect(Array.from(requests.prefixes!.of.slice(0, 4))).toEqual([0, 1, 0, 1]);
    expect([...requests.prefixes!.tokens]).toEqual([20, 20]);
  });

  it('may come as a Poisson process, the same each time', () => {
    const long = { ...PROFILE, arrivals: 'poisson' as const, stages: [{ rate: 10, durationS: 500 }] };
    const { arrivalUs } = drawnLoad(long, 16).requests;
    expect(Math.abs(arrivalUs.length / 5000 - 1)).toBeLessThan(0.05);
    const gaps = arrivalUs.slice(1).map((us, at) => (us - arrivalUs[at]!) / 1e5);
    const variance = gaps.reduce((sum, gap) => sum + (gap - 1) ** 2, 0) / gaps.length;
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
    expect(drawnLoad(long, 16).requests.arrivalUs).toEqual(arrivalUs);
  });
});

describe('a load of clients that is known by its reports', () => {
  const reports = { overall: report(50, 500, 2), stages: [report(40, 400), report(60, 600)] };
  const load = clientLoad({ load: PROFILE, reports, blockSize: 16 })!;

  it('trains and validates, and tests nothing', () => {
    expect(load.splits).toEqual({ train: [0, 14], valid: [0, 14], test: [14, 14] });
    expect(load.measured).toBeUndefined();
    expect(load.reported!.stages).toEqual([
      { range: [0, 4], report: reports.stages[0] },
      { range: [4, 14], report: reports.stages[1] },
    ]);
    expect(load.assumed).toEqual([
      expect.stringMatching(/drawn/),
      expect.stringMatching(/^2 % of the requests failed/),
    ]);
  });

  it('needs a report of each stage', () => {
    const of = (stages: readonly ClientReport[], profile = PROFILE) =>
      clientLoad({ load: profile, reports: { ...reports, stages }, blockSize: 16 })!.reported!.stages;
    expect(of([reports.overall])).toEqual([]);
    expect(of([], { ...PROFILE, stages: [PROFILE.stages[0]!] })).toEqual([{ range: [0, 4], report: reports.overall }]);
  });

  it('gives way to a request log', () => {
    const requests = requestColumns([{ arrivalUs: 0, promptTokens: 5, outputTokens: 1, outcome: 'ok' }]);
    expect(clientLoad({ requests, load: PROFILE, reports, blockSize: 16 })!.requests.arrivalUs.length).toBe(1);
  });

  it('is of no steady state where requests failed, or queued up', () => {
    expect(whyUnsteady(report(50, 500, 11))).toBeUndefined();
    expect(whyUnsteady(report(50, 500, 12))).toMatch(/11 % of the requests failed/);
    expect(whyUnsteady(report(260, 500))).toMatch(/could not keep up/);
  });
});

describe('blocks that requests share', () => {
  const steps = sampleSteps(range(0, 100));
  const perRequest =
    (16 * steps.kvBlocksTotal.reduce((sum, total, row) => sum + (row < 60 ? total - steps.kvBlocksFree[row]! : 0), 0)) /
    steps.decodeRequests.reduce((sum, n, row) => sum + (row < 60 ? n + steps.prefillRequests[row]! : 0), 0);
  const log = (more: number, cachedTokens: number) =>
    requestColumns(
      range(0, 50).map((r) => ({
        arrivalUs: r,
        promptTokens: perRequest + more - 2 - 8,
        outputTokens: 4,
        cachedTokens,
        outcome: 'ok' as const,
      })),
    );

  it('are those that lengths tell of and step records have not', () => {
    expect(sharedTokens({ requests: log(50, 400), steps, blockSize: 16 })).toBe(48);
    expect(sharedTokens({ requests: log(50, 32), steps, blockSize: 16 })).toBe(32);
    expect(sharedTokens({ requests: log(15, 400), steps, blockSize: 16 })).toBe(0);
    const load = clientLoad({ requests: log(50, 400), steps, blockSize: 16 })!;
    expect([...load.requests.prefixes!.tokens]).toEqual([48]);
  });

  it('are not known without step records', () => {
    expect(clientLoad({ requests: log(50, 400), blockSize: 16 })!.requests).not.toHaveProperty('prefixes');
  });
});
