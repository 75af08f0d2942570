import { describe, expect, it } from 'vitest';
import { makeDataset } from '../../../src/data/index.ts';
import { closedLoop } from '../../../src/evaluate/index.ts';
import { reportedQuantiles, PERCENT } from '../../../src/evaluate/closed-loop/distributions.ts';
import { loadTimeline } from '../../../src/evaluate/closed-loop/load-timeline.ts';
import { isSaturated } from '../../../src/evaluate/closed-loop/saturation.ts';
import { countIn, TimeMeans } from '../../../src/evaluate/closed-loop/time-bins.ts';
import { sum } from '../../../src/numeric/index.ts';
import { DEFAULT_ENGINE, serve, type StepTime } from '../../../src/serving/index.ts';
import { law, SERVER, served } from './served.ts';

const EXPERIMENT = served(SERVER);
const DATASET = makeDataset('made up', [EXPERIMENT]);

describe('time in bins', () => {
  const time = { startUs: 0, endUs: 40, bins: 4 };

  it('shares a span out to the bins that it covers, and leaves out what lies outside', () => {
    const means = new TimeMeans(time);
    means.add(5, 25, 2);
    means.add(35, 90, 4);
    means.add(-9, 1, 10);
    means.add(10, 10, 100);
    expect(means.means()).toEqual([0.5 * 2 + 0.1 * 10, 2, 0.5 * 2, 0.5 * 4]);
  });

  it('counts each time once', () => {
    expect([...countIn(time, [-1, 0, 9.9, 10, 39, 40, 41])]).toEqual([2, 1, 0, 2]);
  });
});

describe('the timeline of a load', () => {
  it('is right for two requests that can be worked out by hand', () => {
    // Steps of 10 ms. The first request prefills from 0 to 10 and decodes once to 20; the second waits for it, since a batch holds one.
    const requests = {
      arrivalUs: Float64Array.of(0, 10_000),
      promptTokens: Float64Array.of(32, 16),
      outputTokens: Float64Array.of(2, 1),
    };
    const settings = { ...DEFAULT_ENGINE, maxNumSeqs: 1, kvBlocks: 10 };
    const { rows, requests: paths } = serve(requests, settings, () => 10_000);
    const timeline = loadTimeline({ rows, settings, simulated: paths, measured: undefined, judged: [0, 2] });
    const parts = (values: readonly number[]): readonly number[] =>
      [0, 16, 32].map((from) => sum(values.slice(from, from + 16)) / 16);
    expect(timeline.binS * timeline.running.length).toBeCloseTo(0.03, 9);
    expect(timeline.judgedS).toEqual([0, 0.01]);
    expect(sum(timeline.arrivals)).toBe(2);
    expect(timeline.arrivals[16]).toBe(1);
    const close = (values: readonly number[], expected: readonly number[]): void =>
      parts(values).forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 6));
    close(timeline.running, [1, 1, 1]);
    close(timeline.waiting, [0, 1, 0]);
    close(timeline.inFlight, [1, 2, 1]);
    close(timeline.batchTokens, [32, 1, 16]);
    // 32 tokens are 2 of 10 blocks of 16, 33 are 3, 16 are 1.
    close(timeline.kvPercent, [20, 30, 10]);
    expect(sum(timeline.preemptions)).toBe(0);
    expect(timeline.measuredInFlight).toBeNull();
  });

  it('lays what was measured over what is simulated: the law that made a log has the same requests in flight', () => {
    const { timeline } = closedLoop(DATASET, EXPERIMENT, { stepTime: law }, 'test')!;
    for (const [bin, value] of timeline.inFlight.entries())
      expect(timeline.measuredInFlight![bin]).toBeCloseTo(value, 6);
    // Little's law: requests in flight, summed over time, are latencies, summed over requests.
    const { arrivalUs, lastTokenUs } = EXPERIMENT.requests!;
    const latenciesS = sum(lastTokenUs.map((us, r) => us - arrivalUs[r]!)) / 1e6;
    expect(sum(timeline.inFlight) * timeline.binS).toBeCloseTo(latenciesS, 6);
    const loop = closedLoop(DATASET, EXPERIMENT, { stepTime: law }, 'train')!;
    const slow = closedLoop(DATASET, EXPERIMENT, { stepTime: (batch) => 1.3 * law(batch) }, 'train')!;
    expect(sum(slow.timeline.inFlight)).toBeGreaterThan(1.2 * sum(loop.timeline.inFlight));
    expect(slow.timeline.measuredInFlight).toEqual(loop.timeline.measuredInFlight);
  });

  it('ends before the requests that must not be seen', () => {
    const { arrivalUs, lastTokenUs } = EXPERIMENT.requests!;
    // What becomes of the last fifth of the requests changes nothing.
    const hidden = { ...EXPERIMENT.requests!, lastTokenUs: lastTokenUs.map((us, r) => (r < 80 ? us : 3 * us)) };
    const changed = { ...EXPERIMENT, requests: hidden };
    const { timeline } = closedLoop(DATASET, EXPERIMENT, { stepTime: law }, 'valid')!;
    const other = closedLoop(makeDataset('made up', [changed]), changed, { stepTime: law }, 'valid')!;
    expect(other.timeline).toEqual(timeline);
    expect(timeline.binS * timeline.running.length).toBeCloseTo(arrivalUs[80]! / 1e6, 9);
    expect(timeline.judgedS).toEqual([arrivalUs[60]! / 1e6, arrivalUs[79]! / 1e6]);
    expect(sum(timeline.arrivals)).toBe(81);
  });
});

describe('saturation', () => {
  const saturated = (stepTime: StepTime): boolean => closedLoop(DATASET, EXPERIMENT, { stepTime }, 'valid')!.saturated;

  it('is seen where a law is so slow that requests queue up for as long as they come', () => {
    expect(saturated(law)).toBe(false);
    expect(saturated((batch) => 2 * law(batch))).toBe(true);
  });

  it('is not a queue that came and went, nor one that stands still', () => {
    const settings = { ...DEFAULT_ENGINE, maxNumSeqs: 2, kvBlocks: 1000 };
    const serveAt = (arrivalUs: Float64Array): boolean =>
      isSaturated(
        serve(
          {
            arrivalUs,
            promptTokens: new Float64Array(arrivalUs.length).fill(16),
            outputTokens: new Float64Array(arrivalUs.length).fill(10),
          },
          settings,
          () => 1000,
        ),
      );
    // Two requests of 10 ms at a time: one each 5 ms keeps the server just busy.
    const each = (us: number, burst = 0): Float64Array =>
      Float64Array.from({ length: 200 }, (_, r) => (r < burst ? 0 : r * us));
    expect(serveAt(each(5100))).toBe(false);
    expect(serveAt(each(5100, 30))).toBe(false);
    expect(serveAt(each(5000, 30))).toBe(false);
    expect(serveAt(each(4000))).toBe(true);
    expect(serveAt(new Float64Array(50))).toBe(false);
  });
});

describe('the quantiles of a report', () => {
  it('are those that it gives, and no others', () => {
    const figures = { mean: 4, p50: 3, p90: 8, p99: 9 };
    const report = { completed: 10, failed: 0, ttftMs: figures, itlMs: figures, e2eMs: figures };
    const { e2eMs } = reportedQuantiles(report);
    const known = PERCENT.flatMap((percent, at) => (e2eMs![at] === null ? [] : [[percent, e2eMs![at]]]));
    expect(known).toEqual([
      [50, 3],
      [90, 8],
      [99, 9],
    ]);
  });
});
