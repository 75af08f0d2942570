import { describe, expect, it } from 'vitest';
import { closedLoop } from '../../../src/evaluate/index.ts';
import { makeDataset } from '../../../src/data/index.ts';
import { law, SERVER, served } from './served.ts';

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
});
