import { describe, expect, it } from 'vitest';
import type { ValidateDocument } from '../../src/app/index.ts';
import { closedLoopSections } from '../../src/cli/closed-loop-text.ts';
import { leaderboardLegend, leaderboardTable } from '../../src/cli/leaderboard-text.ts';
import type { LeaderboardRow } from '../../src/baselines/index.ts';

const NONE = {
  mape: null,
  mspe: null,
  pearson: null,
  p99: null,
  e2eError: null,
  prefillWeightedError: null,
  decodeWeightedError: null,
  e2eBlockError: null,
};
const INTERVAL = { low: null, high: null, level: 0.95 };
const LOOP = { ttft: -12.3, itl: 1.5, e2e: 2.25, e2eP90: 4 };

function row(name: string, change: Partial<LeaderboardRow> = {}): LeaderboardRow {
  return {
    name,
    kind: 'baseline',
    description: name,
    fittedOn: 'train, per experiment',
    parameters: 3,
    fitSeconds: 0.5,
    predictUsPerStep: null,
    experiments: [],
    unpredicted: [],
    mean: NONE,
    median: NONE,
    under: { '10': 0, '15': 0, '25': 0 },
    mapeIntervals: { rows: INTERVAL, blocks: INTERVAL },
    closedLoop: null,
    versusBest: null,
    notes: [],
    ...change,
  };
}

const LOOPS = {
  experiments: [
    { id: 'busy', requests: 9, judgedOn: 'requests', saturated: true, ...LOOP },
    { id: 'told', requests: 9, judgedOn: 'report', saturated: false, ...LOOP },
  ],
  mean: { ttft: 12.3, itl: 1.5, e2e: 2.25, e2eP90: 4 },
  median: { ttft: 12.3, itl: 1.5, e2e: 2.25, e2eP90: 4 },
  missing: {},
} as const;

describe('a leaderboard for the terminal', () => {
  it('has latencies in closed loop first, and no column of step times where there are none', () => {
    const text = leaderboardTable([row('naive-mean-experiment', { closedLoop: LOOPS })]);
    expect(text).toMatch(
      /predictor +E2E % +TTFT % +ITL % +E2E p90 %\n─+\nnaive-mean-experiment +2.25 +12.3 +1.50 +4.00\n/,
    );
    expect(text).not.toMatch(/MAPE|<10|weighted|Step times/);
    const legend = leaderboardLegend([row('x', { closedLoop: LOOPS })], 'x');
    expect(legend).toMatch(/in no average.*: busy\./);
    expect(legend).toMatch(/figures of whole runs.*: told\./);
  });

  it('has no latency where no request was served, and fits into 120 columns', () => {
    const mean = { ...NONE, mape: 12.3, mspe: -3, pearson: 0.9, p99: 50, e2eError: 3, prefillWeightedError: 7 };
    const steps = leaderboardTable([row('naive-mean-experiment', { mean, median: mean })]);
    expect(steps).not.toMatch(/TTFT|ITL/);
    expect(steps).toMatch(/prefill-/);
    const both = leaderboardTable([row('naive-mean-experiment', { mean, median: mean, closedLoop: LOOPS })]);
    for (const line of both.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe('a validation for the terminal', () => {
  const latency = (mean: number): object => ({ mean, p50: mean, p90: mean, p99: mean });
  const client = (factor: number): object => ({
    ttftMs: latency(20 * factor),
    itlMs: latency(10 * factor),
    e2eMs: latency(400 * factor),
  });
  const loop = (id: string, saturated: boolean): object => ({
    id,
    requests: 9,
    judgedOn: 'requests',
    saturated,
    measured: client(1),
    simulated: client(1.1),
    error: { ttft: latency(10), itl: latency(10), e2e: latency(10) },
    assumed: [],
  });
  const report = (closedLoop: object | null): ValidateDocument =>
    ({
      closedLoop,
      generalisation: {
        leaveOneModelOut: { impossible: 'one model' },
        leaveOneGpuOut: { impossible: 'one kind of GPU' },
        leaveHighLoadOut: { impossible: 'loads are alike' },
        leaveOneWorkloadOut: {
          folds: [{ heldOut: 'chat', closedLoop: [{ id: 'far', saturated: false, ...LOOP }] }],
          closedLoop: { mean: LOOPS.mean, median: LOOPS.median },
        },
      },
    }) as unknown as ValidateDocument;

  it('sets simulated beside measured latencies, saturated experiments apart, and shows what was held out', () => {
    const experiments = [loop('calm', false), loop('busy', true)];
    const sections = closedLoopSections(report({ ...LOOPS, experiments, missing: { gone: 'not fitted' } }));
    expect(sections).toHaveLength(4);
    expect(sections[0]).toMatch(/calm +22 +20 +\+10.0 +11 +10 +\+10.0 +440 +400 +\+10.0 +\+10.0/);
    expect(sections[0]).not.toMatch(/busy/);
    expect(sections[1]).toMatch(/not up to its load.*busy/is);
    expect(sections[2]).toMatch(/gone: not fitted/);
    expect(sections[3]).toMatch(/chat +far +-12.3 +\+1.50 +\+2.25 +\+4.00/);
  });

  it('says nothing of closed loops where nobody was served', () => {
    expect(closedLoopSections(report(null))).toEqual([]);
  });
});
