import { describe, expect, it } from 'vitest';
import { fitRoofline, fitTrainedPhysics, type TimedBatch } from '../../../src/baselines/blis/fit.ts';
import { sumsOfRequests } from '../../../src/baselines/blis/batch.ts';
import { blisModel } from '../../../src/baselines/blis/model.ts';
import { blisRooflineUs } from '../../../src/baselines/blis/roofline.ts';
import { TRAINED_PHYSICS_BETA, trainedPhysicsUs } from '../../../src/baselines/blis/trained-physics.ts';
import { BatchSource } from '../../../src/export/batches.ts';
import { context } from '../../export/sample.ts';

const MODELS = (
  [
    ['llama-2-7b', 1],
    ['llama-2-70b', 4],
    ['codellama-34b', 2],
    ['mixtral-8x7b-v0-1', 2],
  ] as const
).map(([name, tp]) => blisModel(context(name, tp))!);

/** Batches with times that a formula says of them. */
function timed(usOf: (batch: Omit<TimedBatch, 'us'>) => number): readonly TimedBatch[] {
  const source = new BatchSource(3);
  return Array.from({ length: 400 }, (_, at) => {
    const requests = source.next();
    const batch = {
      model: MODELS[at % MODELS.length]!,
      sums: sumsOfRequests(requests.length, (k) => ({
        context: requests[k]!.progressIndex,
        newTokens: requests[k]!.newTokens,
        promptTokens: requests[k]!.inputLength,
      })),
      weight: 1 / 100,
    };
    return { ...batch, us: usOf(batch) };
  }).filter(({ sums }) => sums.requests > 0);
}

describe('refitted constants', () => {
  it('of trained-physics are those that made the times, and none is negative', () => {
    const beta = TRAINED_PHYSICS_BETA.map((value, at) => (at === 1 ? 0.5 : value * (1 + at / 20)));
    const batches = timed(({ model, sums }) => trainedPhysicsUs(model, sums, beta));
    const fitted = fitTrainedPhysics(batches);
    expect(fitted.every((value) => value >= 0)).toBe(true);
    for (const { model, sums, us } of batches) expect(trainedPhysicsUs(model, sums, fitted) / us).toBeCloseTo(1, 1.5);
  });

  it('stay where they were shipped if the data says nothing else', () => {
    const batches = timed(({ model, sums }) => trainedPhysicsUs(model, sums));
    for (const [at, value] of fitTrainedPhysics(batches).entries()) {
      expect(value).toBeCloseTo(TRAINED_PHYSICS_BETA[at]!, 6);
    }
  });

  it('of roofline are the shares that made the times', () => {
    const shares = { prefill: 0.6, decode: 0.15 };
    const fitted = fitRoofline(timed(({ model, sums }) => blisRooflineUs(model, sums, shares)));
    expect(fitted.prefill).toBeCloseTo(0.6, 2);
    expect(fitted.decode).toBeCloseTo(0.15, 2);
  });
});
