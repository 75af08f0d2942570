import { describe, expect, it } from 'vitest';
import { describeDataset, makeDataset } from '../../../src/data/index.ts';
import { cyclePairs } from '../../../src/data/signal/cycles.ts';
import { judgeCycles } from '../../../src/data/signal/judge.ts';
import { cycleLine } from '../../../src/data/signal/cycle-line.ts';
import { targetRows } from '../../../src/data/target.ts';
import { createRandom } from '../../../src/numeric/index.ts';
import type { StepColumns } from '../../../src/physics/index.ts';
import { EXPERIMENT } from '../sample.ts';
import { type MadeStep, madeSteps, stepLaw } from './made-steps.ts';

const STEPS = 600;

/** Steps of the law 12000 + 40·D + 9·P µs with 2 % noise; `change` may change each of them. */
function lawSteps(change: (step: MadeStep, at: number) => MadeStep): StepColumns {
  const random = createRandom(5).split('law');
  return madeSteps(
    Array.from({ length: STEPS }, (_, at) => {
      const decodeRequests = 1 + random.integer(60);
      const prefillTokens = random.uniform() < 0.2 ? 20 + random.integer(1500) : 0;
      const step = { decodeRequests, prefillTokens, waitedUs: 0, isLast: false };
      return change({ ...step, cycleUs: stepLaw(step) * (1 + 0.02 * random.normal()) }, at);
    }),
  );
}

function disturbances(steps: StepColumns): string[] {
  const cycles = cyclePairs(steps);
  return judgeCycles(steps, cycles).disturbed.flatMap((kind, at) => (kind ? [`${kind} ${cycles.index[at]}`] : []));
}

/** Every request of the step finishes, none waits, and the next batch starts with a prompt. */
const idle = (step: MadeStep, waitedUs: number): MadeStep => ({ ...step, isLast: true, waitedUs });

describe('cycles that are no step times', () => {
  it('are waits with an empty engine, far beyond what the batch explains', () => {
    const steps = lawSteps((step, at) => (at % 100 === 50 ? idle(step, 100_000 + at * 1000) : step));
    expect(disturbances(steps)).toEqual([50, 150, 250, 350, 450, 550].map((row) => `idle ${row}`));
  });

  it('are not cycles after which the engine is empty, where no wait shows', () => {
    expect(disturbances(lawSteps((step, at) => (at % 20 === 10 ? idle(step, 500) : step)))).toEqual([]);
  });

  it('are stalls of a busy engine', () => {
    const steps = lawSteps((step, at) => (at % 150 === 100 ? { ...step, waitedUs: 700_000 } : step));
    expect(disturbances(steps)).toEqual([100, 250, 400, 550].map((row) => `stall ${row}`));
  });

  it('are no batches that are slow by what they compute', () => {
    // A prefill of 2048 tokens takes 8 times a decode step, and one batch in 50 is so.
    const long = (step: MadeStep): MadeStep => ({ ...step, decodeRequests: 1, prefillTokens: 2048, cycleUs: 110_000 });
    expect(disturbances(lawSteps((step, at) => (at % 50 === 7 ? long(step) : step)))).toEqual([]);
    // Above 256 tokens another law holds, at four times the time.
    const jump = (step: MadeStep): MadeStep =>
      step.prefillTokens > 256 ? { ...step, cycleUs: 4 * stepLaw(step) } : step;
    expect(disturbances(lawSteps(jump))).toEqual([]);
  });

  it('of training rows do not depend on later rows', () => {
    const train = (steps: StepColumns): string[] =>
      disturbances(steps).filter((line) => Number(line.split(' ')[1]) < 0.6 * STEPS);
    const stalled = (step: MadeStep, at: number): MadeStep => (at === 100 ? { ...step, waitedUs: 90_000 } : step);
    const before = train(lawSteps(stalled));
    const changed = train(
      lawSteps((step, at) => (at < 360 ? stalled(step, at) : { ...step, cycleUs: 40 * step.cycleUs })),
    );
    expect(before).toEqual(['stall 100']);
    expect(changed).toEqual(before);
  });

  it('are most cycles where requests come one at a time, and all that are long are found', () => {
    const steps = lawSteps((step, at) =>
      at % 3 === 2 ? idle({ ...step, decodeRequests: 1 }, 90_000 + 100 * at) : step,
    );
    expect(disturbances(steps)).toHaveLength(Math.floor(STEPS / 3) - 1);
    const { warnings } = describeDataset(makeDataset('memory', [{ ...EXPERIMENT, steps }])).experiments[0]!;
    expect(warnings).toContain('after 199 of 599 cycles the engine is empty: short waits pass for step time');
  });

  it('cannot be told from a few cycles', () => {
    const steps = madeSteps([
      { decodeRequests: 1, prefillTokens: 0, cycleUs: 10_000, waitedUs: 0, isLast: false },
      { decodeRequests: 1, prefillTokens: 0, cycleUs: 10_000, waitedUs: 900_000, isLast: false },
      { decodeRequests: 1, prefillTokens: 0, cycleUs: 10_000, waitedUs: 0, isLast: false },
    ]);
    expect(disturbances(steps)).toEqual([]);
  });
});

describe('a known law', () => {
  it.each([
    ['56 idle waits', (step: MadeStep, at: number) => (at % 11 === 5 ? idle(step, 50_000 + 3000 * at) : step)],
    ['stalls', (step: MadeStep, at: number) => (at % 50 === 5 ? { ...step, waitedUs: 700_000 + 2000 * at } : step)],
  ])('is found within 1 %% in cycles with %s', (_, change) => {
    const steps = lawSteps(change);
    const { index, y, leftOut } = targetRows({ steps }, 'cycle');
    expect(leftOut).toHaveLength(1);
    const sized = {
      decodeTokens: Float64Array.from(index, (row) => steps.decodeTokens[row]!),
      prefillTokens: Float64Array.from(index, (row) => steps.prefillTokens[row]!),
      cycleUs: y,
    };
    const line = cycleLine(
      sized,
      Int32Array.from(index, (_row, at) => at),
    )!;
    for (const [decodeRequests, prefillTokens] of [
      [1, 0],
      [60, 0],
      [30, 700],
      [1, 1500],
    ] as const) {
      const exact = stepLaw({ decodeRequests, prefillTokens });
      expect(Math.abs(line.at(decodeRequests, prefillTokens) / exact - 1)).toBeLessThan(0.01);
    }
  });
});

describe('the treatment of an experiment', () => {
  const steps = lawSteps((step, at) => {
    if (at === 40) return idle(step, 400_000);
    if (at === 300) return { ...step, waitedUs: 800_000 };
    return at === 350 ? { ...step, cycleUs: 1.5 * step.cycleUs } : step;
  });
  const leftOut = (treatment = {}) =>
    Object.fromEntries(
      targetRows({ steps, treatment }, 'cycle').leftOut.map(({ reason, rows }) => [reason, [...rows]]),
    );

  it('leaves out idle waits and stalls, unless it keeps them', () => {
    expect(leftOut()).toEqual({ idle: [40], stall: [300] });
    expect(leftOut({ keepIdle: true })).toEqual({});
  });

  it('leaves out the first steps', () => {
    expect(leftOut({ dropWarmup: 3 })).toEqual({ 'warm-up': [0, 1, 2], idle: [40], stall: [300] });
    expect([...targetRows({ steps, treatment: { dropWarmup: 590 } }, 'duration').index]).toEqual([
      590, 591, 592, 593, 594, 595, 596, 597, 598, 599,
    ]);
  });

  it('leaves out what is far from the line', () => {
    const { outlier } = leftOut({ dropOutliers: 10 });
    expect(outlier).toEqual([350]);
  });

  it('explains a cycle by the batch before', () => {
    const own = targetRows({ steps }, 'cycle');
    const { index, y } = targetRows({ steps, treatment: { lag: 1, keepIdle: true } }, 'cycle');
    expect(index).toHaveLength(STEPS - 2);
    expect(index[0]).toBe(0);
    expect(y[0]).toBe(own.y[1]);
  });

  it('is part of the hash of a dataset', () => {
    const base = { ...EXPERIMENT, steps };
    const { hash } = makeDataset('memory', [base]);
    expect(makeDataset('memory', [{ ...base, treatment: { keepIdle: true } }]).hash).not.toBe(hash);
  });
});
