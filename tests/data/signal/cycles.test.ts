import { describe, expect, it } from 'vitest';
import { littleE2e } from '../../../src/data/index.ts';
import { clockSteps, cyclePairs, recordedShare } from '../../../src/data/signal/cycles.ts';
import { sampleSteps } from '../sample.ts';

describe('cycles of several engines', () => {
  // Two ranks that share a counter: odd and even ids, each every 40 ms.
  const ranks = sampleSteps([1, 2, 3, 4, 5, 6]);
  const engines = Float64Array.of(0, 1, 0, 1, 0, 1);

  it('are within one engine, a stride of ids apart', () => {
    const { index, next, cycleUs } = cyclePairs(ranks, engines);
    expect([...index]).toEqual([0, 1, 2, 3]);
    expect([...next]).toEqual([2, 3, 4, 5]);
    expect([...cycleUs]).toEqual([40_000, 40_000, 40_000, 40_000]);
  });

  it('count ids of a restart anew', () => {
    const steps = sampleSteps([1, 2, 4, 1, 2, 3]);
    const { index } = cyclePairs(steps, Float64Array.of(0, 0, 0, 1, 1, 1));
    expect([...index]).toEqual([0, 3, 4]);
  });

  it('are explained by the step before where that was recorded', () => {
    const { index, first, next } = cyclePairs(sampleSteps([1, 2, 3, 7, 8, 9]), undefined, 1);
    expect([[...index], [...first], [...next]]).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
  });

  it('tell the share of the steps that was recorded', () => {
    expect(recordedShare(ranks.stepId, engines)).toBe(1);
    // Ids 1 to 4 and 1 to 3: seven steps, of which six were recorded.
    expect(recordedShare(Float64Array.of(1, 2, 4, 1, 2, 3), Float64Array.of(0, 0, 0, 1, 1, 1))).toBe(6 / 7);
    const steps = sampleSteps([11, 12, 11, 12]);
    const experiment = { steps, engines: Float64Array.of(0, 0, 1, 1) };
    const estimate = littleE2e({ ...experiment } as Parameters<typeof littleE2e>[0], [1, 1, 1, 1]);
    expect(estimate?.relativeStandardError).toBe(0);
  });

  it('show where a clock was set back', () => {
    const steps = sampleSteps([1, 2, 3, 4, 5]);
    steps.startNs[3] = steps.startNs[1]! - 5;
    expect(clockSteps(steps)).toBe(1);
    expect(clockSteps(ranks, engines)).toBe(0);
  });
});
