import { describe, expect, it } from 'vitest';
import { latencyIntervals } from '../../../src/evaluate/closed-loop/latency-intervals.ts';
import type { RequestTimes } from '../../../src/evaluate/closed-loop/latencies.ts';

/** 100 requests of 11 tokens: a first token after 100 ms, and then one every 10 ms, all times as often as a factor says. */
function timesOf(factorOf: (r: number) => number): RequestTimes {
  const of = (value: (r: number) => number): Float64Array => Float64Array.from({ length: 100 }, (_, r) => value(r));
  return {
    arrivalUs: of((r) => 1e6 * r),
    firstTokenUs: of((r) => 1e6 * r + 100_000 * factorOf(r)),
    lastTokenUs: of((r) => 1e6 * r + 200_000 * factorOf(r)),
    outputTokens: of(() => 11),
    preemptions: of(() => 0),
  };
}

const SIMULATED = timesOf(() => 1);
/** From 0.9 to 1.1 times as long, evenly, over each 20 requests. */
const MEASURED = timesOf((r) => 0.9 + (0.2 * (r % 21)) / 20);

describe('intervals of what clients see', () => {
  it('hold nine of ten training requests, and say how many of the judged ones', () => {
    const { ttft, itl, e2e } = latencyIntervals(SIMULATED, MEASURED, [0, 84], [84, 100]);
    for (const interval of [ttft, itl, e2e]) {
      expect(interval!.low).toBeCloseTo(-9, 6);
      expect(interval!.high).toBeCloseTo(9, 6);
    }
    // Of 16 requests from the 84th on the first one is 10 % faster.
    expect(e2e!.coverage).toBeCloseTo((100 * 15) / 16, 6);
  });

  it('say so where judged requests met another load', () => {
    const later = timesOf((r) => (r < 84 ? 1 + (r % 5) / 100 : 2));
    expect(latencyIntervals(SIMULATED, later, [0, 84], [84, 100]).e2e!.coverage).toBe(0);
  });

  it('are none of few training requests, and of what was not measured', () => {
    const few = latencyIntervals(SIMULATED, MEASURED, [0, 19], [84, 100]);
    expect(few).toEqual({ ttft: null, itl: null, e2e: null });
    const unknown = { ...MEASURED, firstTokenUs: MEASURED.firstTokenUs.map(() => Number.NaN) };
    const { ttft, e2e } = latencyIntervals(SIMULATED, unknown, [0, 84], [84, 100]);
    expect(ttft).toBeNull();
    expect(e2e).not.toBeNull();
  });
});
