import { describe, expect, it } from 'vitest';
import { scoreQueueing } from '../../src/baselines/index.ts';
import { alphaFeatures } from '../../src/baselines/lpic/alpha.ts';
import { lpicBeta } from '../../src/baselines/lpic/beta.ts';
import { BETA_FEATURES, betaFeatures } from '../../src/baselines/lpic/features.ts';
import { crossValidatedRidge } from '../../src/baselines/lpic/cross-validated-ridge.ts';
import { regimesOf } from '../../src/baselines/lpic/regimes.ts';
import { mfuSource } from '../../src/baselines/roofline/predictor.ts';
import { gatherSteps } from '../../src/baselines/rows.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { hardware, type StepColumns } from '../../src/physics/index.ts';
import { smallRows } from './sample.ts';

const SHARE = BETA_FEATURES.findIndex(({ name }) => name === 'batchShare');

describe('cross-validated ridge', () => {
  it('finds a line, and leaves out what lies more than three robust deviations away', () => {
    const random = createRandom(1);
    const x = Float64Array.from({ length: 200 }, () => random.uniform());
    const y = x.map((value, row) => (row % 40 === 0 ? 1e6 : 50 + 10 * value));
    const { intercept, coefficients, rows } = crossValidatedRidge([x], y, random);
    expect(rows).toBe(195);
    expect(coefficients[0]).toBeCloseTo(10, 1);
    expect(intercept).toBeCloseTo(50, 1);
  });
});

describe('LPIC β', () => {
  it('tells regimes by cache usage first, then by the ratio of prefill to decode tokens', async () => {
    const { data } = await smallRows();
    const part = data.train[0]!;
    const steps = gatherSteps(part.steps, [0, 1, 2, 3, 4]);
    const changed = {
      ...part,
      steps: {
        ...steps,
        kvUsageRatio: Float64Array.of(0.9, 0.5, 0.5, 0.5, 0.5),
        prefillTokens: Float64Array.of(0, 60, 10, 1, 5),
        decodeTokens: Float64Array.of(10, 10, 0, 10, 10),
      },
    };
    expect(regimesOf(changed)).toEqual([
      'memory-bound',
      'prefill-dominant',
      'prefill-dominant',
      'decode-dominant',
      'mixed',
    ]);
  });

  it('takes the limits of the server from its settings, those of the published runs where it has none', async () => {
    const { data } = await smallRows();
    const part = data.train[0]!;
    const rows = { ...part, steps: gatherSteps(part.steps, [0]) };
    const { prefillRequests, decodeRequests } = rows.steps;
    const requests = prefillRequests[0]! + decodeRequests[0]!;
    const share = (maxNumSeqs?: number): number => {
      const settings = maxNumSeqs === undefined ? {} : { maxNumSeqs };
      const own = { ...rows, experiment: { ...rows.experiment, settings } };
      return betaFeatures(own, mfuSource(undefined)(own.context.hardware))[SHARE]![0]!;
    };
    expect(share(requests)).toBe(1);
    expect(share()).toBe(requests / 128);
  });

  it('predicts for an accelerator that it has not seen', async () => {
    const { data, test } = await smallRows();
    const fit = lpicBeta(mfuSource(undefined)).fit(data, createRandom(1));
    const rows = test[0]!;
    const onA100 = fit.predict({ ...rows, context: { ...rows.context, hardware: hardware('A100') } })!;
    const onH100 = fit.predict(rows)!;
    const total = (p: Float64Array): number => p.reduce((sum, value) => sum + value, 0);
    expect(total(onA100)).toBeGreaterThan(total(onH100));
  });
});

describe('LPIC α', () => {
  const steps = async (): Promise<StepColumns> => {
    const { data } = await smallRows('duration');
    const own = data.train[0]!.steps;
    return {
      ...own,
      startNs: own.startNs.map((_, row) => 1e9 * row),
      waitingDepth: own.startNs.map((_, row) => row % 50),
    };
  };

  it('knows at the time of queueing only what had happened before', async () => {
    const columns = await steps();
    const journeys = Array.from({ length: 60 }, (_, i) => ({
      queuedS: 2 * i + 0.5,
      scheduledS: 2 * i + 0.6,
      promptTokens: 100 + i,
    }));
    const changed = journeys.map((journey, i) =>
      i < 40 ? journey : { ...journey, scheduledS: journey.scheduledS + 1 },
    );
    const [before, after] = [alphaFeatures(journeys, columns), alphaFeatures(changed, columns)];
    for (const [at, column] of before.entries()) expect(column.slice(0, 41)).toEqual(after[at]!.slice(0, 41));
  });

  it('measures the queue and the prompt by the limits of the server', async () => {
    const columns = await steps();
    const journeys = [0.5, 1.5, 2.5, 3.5].map((queuedS) => ({ queuedS, scheduledS: queuedS + 0.1, promptTokens: 50 }));
    const narrow = alphaFeatures(journeys, columns, { maxNumSeqs: 2, maxModelLen: 100 });
    const wide = alphaFeatures(journeys, columns, { maxNumSeqs: 4, maxModelLen: 200 });
    expect(narrow.at(-1)).toEqual(Float64Array.of(0, 0.5, 1, 1.5));
    expect(wide.at(-1)).toEqual(Float64Array.of(0, 0.25, 0.5, 0.75));
    expect(narrow[3]![3]).toBe(2 * wide[3]![3]!);
    expect(narrow[3]![3]).toBeGreaterThan(0);
  });

  it('beats the mean where waits follow the queue', async () => {
    const columns = await steps();
    const journeys = Array.from({ length: 600 }, (_, i) => ({
      queuedS: i + 0.5,
      scheduledS: i + 0.5 + 0.002 * (i % 50),
      promptTokens: 500,
    }));
    const score = scoreQueueing('x', journeys, columns, createRandom(1));
    expect(score.requests).toEqual({ train: 360, valid: 120, test: 120 });
    expect(score.maeUs).toBeLessThan(score.naiveMaeUs / 3);
  });
});
