import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJourneys, scoreQueueing } from '../../src/baselines/index.ts';
import { alphaFeatures } from '../../src/baselines/lpic/alpha.ts';
import { lpicBeta } from '../../src/baselines/lpic/beta.ts';
import { crossValidatedRidge } from '../../src/baselines/lpic/cross-validated-ridge.ts';
import { regimesOf } from '../../src/baselines/lpic/regimes.ts';
import { mfuSource } from '../../src/baselines/roofline/predictor.ts';
import { gatherSteps } from '../../src/baselines/rows.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { hardware, type StepColumns } from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { smallRows } from './sample.ts';

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
  const event = (name: string, seconds: number): object => ({
    name,
    attributes: [
      { key: 'ts.monotonic', value: { doubleValue: seconds } },
      { key: 'prefill.total_tokens', value: { intValue: '500' } },
    ],
  });
  const line = (...events: object[]): string =>
    JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ scope: { name: 'vllm.scheduler' }, spans: [{ name: 'llm_core', events }] }] }],
    });
  const file = (text: string): string => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'traces.json'), text);
    return join(folder, 'traces.json');
  };

  it('reads when requests were queued and scheduled, in order, and leaves out those that never were', async () => {
    const path = file(
      [
        line(event('journey.QUEUED', 5), event('journey.SCHEDULED', 5.25), event('journey.FINISHED', 9)),
        line(event('journey.QUEUED', 2), event('journey.SCHEDULED', 2.5)),
        line(event('journey.QUEUED', 3)),
        line(event('step.BATCH_SUMMARY', 1)),
      ].join('\n'),
    );
    expect(await readJourneys(path)).toEqual([
      { queuedS: 2, scheduledS: 2.5, promptTokens: 500 },
      { queuedS: 5, scheduledS: 5.25, promptTokens: 500 },
    ]);
  });

  it('names the line that is not JSON', async () => {
    const broken = `${line(event('journey.QUEUED', 2), event('journey.SCHEDULED', 3))}\n{"journey.QUEUED journey.SCHEDULED`;
    await expect(readJourneys(file(broken))).rejects.toThrow(/traces\.json:2: not an OTLP export/);
  });

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
