import { describe, expect, it } from 'vitest';
import { closedLoop } from '../../../src/evaluate/index.ts';
import { makeDataset } from '../../../src/data/index.ts';
import type { StepTime } from '../../../src/serving/index.ts';
import { law, SERVER, served } from './served.ts';

const TWICE_AS_SLOW: StepTime = (batch) => 2 * law(batch);

describe('a closed loop', () => {
  const experiment = served(SERVER);
  const dataset = makeDataset('made up', [experiment]);

  it('gives back the latencies of the law that made them', () => {
    const loop = closedLoop(dataset, experiment, { stepTime: law }, 'valid')!;
    expect(loop.requests).toBe(20);
    for (const latency of [loop.error!.ttft!, loop.error!.itl!, loop.error!.e2e!]) {
      for (const error of Object.values(latency)) expect(Math.abs(error as number)).toBeLessThan(1e-9);
    }
    expect(loop.assumed).toEqual(['no prompt is in the prefix cache: the log does not say']);
  });

  it('shows the error of another law', () => {
    const slower = closedLoop(dataset, experiment, { stepTime: (batch) => 1.1 * law(batch) }, 'valid')!;
    expect(slower.error!.itl!.mean).toBeGreaterThan(8);
    expect(slower.error!.e2e!.mean).toBeGreaterThan(8);
  });

  it('tries other loads and servers, which nobody measured', () => {
    const asWas = closedLoop(dataset, experiment, { stepTime: law }, 'valid')!;
    const faster = closedLoop(dataset, experiment, { stepTime: law }, 'valid', { rate: 2 })!;
    expect([faster.measured, faster.error]).toEqual([null, null]);
    expect([faster.distributions.measured, faster.timeline.measuredInFlight]).toEqual([null, null]);
    expect(faster.simulated.e2eMs!.mean).toBeGreaterThan(1.2 * asWas.simulated.e2eMs!.mean);
    const wider = closedLoop(dataset, experiment, { stepTime: law }, 'valid', { rate: 2, maxNumSeqs: 64 })!;
    expect(wider.simulated.ttftMs!.mean).toBeLessThan(0.5 * faster.simulated.ttftMs!.mean);
  });

  it('judges every request of a split, and leaves out what cannot be served', () => {
    const { requests } = experiment;
    const outputTokens = requests!.outputTokens.slice().fill(Number.NaN, 0, 10);
    const lacking = { ...experiment, requests: { ...requests!, outputTokens } };
    const loop = closedLoop(makeDataset('made up', [lacking]), lacking, { stepTime: law }, 'train')!;
    expect(loop.requests).toBe(54);
    expect(loop.assumed).toContain('10 requests of unknown arrival or length left out');
    expect(closedLoop(dataset, SERVER, { stepTime: law }, 'valid')).toBeUndefined();
  });

  it('says how latencies are spread, in agreement with its figures', () => {
    const { measured, simulated, distributions } = closedLoop(dataset, experiment, { stepTime: law }, 'valid')!;
    const { percent } = distributions;
    expect(percent.at(0)).toBe(0);
    expect(percent.at(-1)).toBe(100);
    for (const [of, figures] of [
      [distributions.measured!, measured!],
      [distributions.simulated, simulated],
    ] as const) {
      for (const latency of ['ttftMs', 'itlMs', 'e2eMs'] as const) {
        const values = of[latency]!;
        expect(values).toHaveLength(percent.length);
        expect(values.toSorted((a, b) => a! - b!)).toEqual(values);
        expect(values[percent.indexOf(50)]).toBe(figures[latency]!.p50);
        expect(values[percent.indexOf(90)]).toBe(figures[latency]!.p90);
        expect(values[percent.indexOf(99)]).toBe(figures[latency]!.p99);
      }
    }
  });
});

describe('closed-loop clients', () => {
  const experiment = served(SERVER);
  const dataset = makeDataset('made up', [experiment]);

  it('never have more requests in flight than there are clients, and never saturate a server', () => {
    const loop = closedLoop(dataset, experiment, { stepTime: TWICE_AS_SLOW }, 'test', { clients: 4 })!;
    expect(Math.max(...loop.timeline.inFlight)).toBeLessThanOrEqual(4 + 1e-9);
    expect(Math.max(...loop.timeline.inFlight)).toBeGreaterThan(3.9);
    expect([loop.measured, loop.saturated]).toEqual([null, false]);
  });

  it('take the longer the more they think and the later they see an answer', () => {
    const timing = { stepTime: law };
    const bare = closedLoop(dataset, experiment, timing, 'test', { clients: 1 })!;
    const thinking = closedLoop(dataset, experiment, timing, 'test', { clients: 1, thinkS: 2 })!;
    const seconds = ({ timeline }: typeof bare): number => timeline.binS * timeline.running.length;
    // 99 pauses between 100 requests one after another.
    expect(seconds(thinking) - seconds(bare)).toBeCloseTo(99 * 2, 6);
    expect(thinking.simulated.e2eMs!.mean).toBeCloseTo(bare.simulated.e2eMs!.mean, 6);
    const overheads = { requestUs: 5000, completionUs: 3000, tokenUs: 0 };
    const later = closedLoop(dataset, experiment, { stepTime: law, overheads }, 'test', { clients: 1 })!;
    expect(1000 * (seconds(later) - seconds(bare))).toBeCloseTo(99 * 8 + 5, 6);
    expect(later.simulated.ttftMs!.mean - bare.simulated.ttftMs!.mean).toBeCloseTo(5, 6);
  });
});
