import { describe, expect, it } from 'vitest';
import { scoreQueueingTimes } from '../../src/app/queueing.ts';
import { demoDataset, type Experiment } from '../../src/data/index.ts';
import { requestColumns } from '../../src/data/requests.ts';

/** Requests that are queued every second and wait for a while, on the clock of the step records. */
function requests(count: number, clock?: 'steps'): NonNullable<Experiment['requests']> {
  return requestColumns(
    Array.from({ length: count }, (_, at) => ({
      arrivalUs: 1e6 * at,
      queuedUs: 1e6 * at + 1000,
      scheduledUs: 1e6 * at + 3000,
      promptTokens: 100,
      outcome: 'ok' as const,
    })),
    clock,
  );
}

describe('queueing times', () => {
  it('are scored from the requests of a dataset, without its traces', async () => {
    const dataset = await demoDataset({ seed: 1 });
    const [first, second, third] = dataset.experiments.filter(({ steps }) => steps !== undefined);
    const experiments = [
      { ...first!, requests: requests(200, 'steps') },
      { ...second!, requests: requests(99, 'steps') },
      { ...third!, requests: requests(200) },
    ];
    const report = await scoreQueueingTimes({ ...dataset, experiments }, undefined);
    expect(report.experiments.map(({ id, meanObservedUs }) => [id, Math.round(meanObservedUs)])).toEqual([
      [first!.id, 2000],
    ]);
    expect(Object.keys(report.missing)).toEqual([second!.id, third!.id]);
  });
});
