import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { describe, expect, it } from 'vitest';
import { openRows, publishedFeatures, PUBLISHED_FEATURES, referencePredictors } from '../../src/baselines/index.ts';
import { analyticalCorrections } from '../../src/baselines/corrections.ts';
import { directCalibration } from '../../src/baselines/direct-calibration.ts';
import { blackbox, naiveMean } from '../../src/baselines/formulas.ts';
import { fitScaler, ordinaryLeastSquares, ridge, standardise } from '../../src/baselines/linear.ts';
import { featureColumns } from '../../src/baselines/feature-columns.ts';
import { createRandom, mean } from '../../src/numeric/index.ts';
import { parseProgram } from '../../src/program/index.ts';
import { describePredictor } from './predictor-conformance.ts';
import { smallDataset, smallRows } from './sample.ts';

for (const { name } of referencePredictors()) {
  describePredictor(() => referencePredictors().find((predictor) => predictor.name === name)!);
}

describe('reference predictors', () => {
  it('have unique names', () => {
    const names = referencePredictors().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('see no test row: training data holds the first 80 % of each experiment', async () => {
    const dataset = await smallDataset();
    const { data } = await smallRows('duration');
    for (const test of openRows(dataset, 'duration', 'test')) {
      const first = test.steps.stepId[0]!;
      for (const part of [...data.train, ...data.valid]) {
        if (part.experiment.id === test.experiment.id) expect(Math.max(...part.steps.stepId)).toBeLessThan(first);
      }
    }
  });
});

describe('linear models', () => {
  const x = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 0, 2, 1), Float64Array.of(7, 7, 7, 7)];
  const y = Float64Array.of(10, 9, 20, 19);

  it('solve least squares exactly and give a constant column the coefficient 0', () => {
    const { intercept, coefficients } = ordinaryLeastSquares(x, y);
    expect(coefficients[0]).toBeCloseTo(3, 10);
    expect(coefficients[1]).toBeCloseTo(4, 10);
    expect(coefficients[2]).toBe(0);
    expect(intercept).toBeCloseTo(3, 10);
  });

  it('shrink with the penalty and keep the mean', () => {
    const columns = standardise(x, fitScaler(x));
    const fitted = ridge(columns, y, 1);
    const free = ridge(columns, y, 0);
    expect(Math.abs(fitted.coefficients[0]!)).toBeLessThan(Math.abs(free.coefficients[0]!));
    expect(fitted.intercept).toBeCloseTo(mean(y), 10);
  });
});

describe('blackbox', () => {
  it('is a line in the two token counts, one for each group', async () => {
    const { data, test } = await smallRows();
    for (const scope of ['global', 'model', 'experiment'] as const) {
      const fit = blackbox(scope).fit(data, createRandom(1));
      expect(fit.parameters).toBe({ global: 3, model: 6, experiment: 9 }[scope]);
      const part = test[0]!;
      const doubled = {
        ...part,
        steps: { ...part.steps, decodeTokens: part.steps.decodeTokens.map((tokens) => tokens + 10) },
      };
      const slope = fit.predict(doubled)!.map((p, row) => p - fit.predict(part)![row]!);
      for (const each of slope) expect(each).toBeCloseTo(slope[0]!, 6);
    }
  });

  it('gives no prediction for an experiment outside its groups', async () => {
    const { data, test } = await smallRows();
    const only = data.train.slice(0, 1);
    const fit = naiveMean('experiment').fit({ ...data, train: only }, createRandom(1));
    expect(test.map((rows) => fit.predict(rows) === undefined)).toEqual(
      test.map((rows) => rows.experiment.id !== only[0]!.experiment.id),
    );
  });
});

describe('published features', () => {
  it('are thirty, by the published formulas', async () => {
    const { test } = await smallRows('duration');
    const part = test.find((rows) => rows.modelKey === 'llama-2-70b-tp4-H100')!;
    const columns = publishedFeatures(part);
    expect(columns).toHaveLength(30);
    const value = (name: string): number => columns[PUBLISHED_FEATURES.indexOf(name)]![0]!;
    const [d, dkv, ff, layers, tp] = [8192, 1024, 28672, 80, 4];
    const weights = ((d * (d + 2 * dkv) + d * d + 3 * d * ff) * 2 * layers) / tp;
    const flops = (tokens: number): number =>
      ((2 * tokens * (d * d + 2 * d * dkv) + 2 * tokens * d * d + 2 * tokens * 3 * d * ff) * layers) / tp;
    expect(value('flops')).toBeCloseTo(flops(part.steps.scheduledTokens[0]!), -3);
    expect(value('arithmeticIntensity')).toBeCloseTo(flops(part.steps.scheduledTokens[0]!) / weights, 6);
    expect(value('modelId')).toBe(2);
    expect([value('zero'), value('one')]).toEqual([0, 1]);
    expect(columns.every((column) => column.every(Number.isFinite))).toBe(true);
  });
});

describe('analytical corrections', () => {
  it('reach the residual that ml-levenberg-marquardt reaches in the same bounds', async () => {
    const { data } = await smallRows();
    const part = data.train[0]!;
    const fit = analyticalCorrections('experiment').fit({ ...data, train: [part] }, createRandom(1));
    const p = fit.predict(part)!;
    const cost = (values: ArrayLike<number>): number =>
      part.y.reduce((sum, y, row) => sum + (Math.log(values[row]!) - Math.log(y)) ** 2, 0);

    const parsed = parseProgram(
      'export const constants = {a: 1}; export function predictStepTime(batch, c) { return c.a * batch.prefillGemmUs + batch.prefillAttentionUs + batch.decodeGemmUs + batch.decodeAttentionUs; }',
    );
    if (!parsed.ok) throw new Error('the sample does not parse');
    const columns = featureColumns(parsed.program.graph, part);
    const times = ['prefillGemmUs', 'prefillAttentionUs', 'decodeGemmUs', 'decodeAttentionUs'].map((n) => columns[n]!);
    // A factor over its efficiency is one parameter, in 0.01…10000.
    const model = ([g, a, dg, da, overhead]: number[]) => {
      return (row: number): number =>
        Math.log(
          Math.max(
            1,
            g! * times[0]![row]! + a! * times[1]![row]! + dg! * times[2]![row]! + da! * times[3]![row]! + overhead!,
          ),
        );
    };
    const reference = levenbergMarquardt(
      { x: Array.from(part.y, (_, row) => row), y: Array.from(part.y, Math.log) },
      model,
      {
        initialValues: [2, 2, 2, 2, 5000],
        minValues: [0.01, 0.01, 0.01, 0.01, 0],
        maxValues: [1e4, 1e4, 1e4, 1e4, 1e6],
        maxIterations: 300,
        gradientDifference: 1e-4,
        damping: 0.01,
      },
    );
    const predicted = Array.from(part.y, (_, row) => Math.exp(model([...reference.parameterValues])(row)));
    expect(cost(p)).toBeLessThanOrEqual(cost(predicted) * 1.001);
  });
});

describe('direct calibration', () => {
  it('puts the line through the experiments of a model', async () => {
    const { data, test } = await smallRows();
    const parts = data.train.filter((part) => part.modelKey === 'llama-2-70b-tp4-H100');
    const batch = (part: (typeof parts)[number]): number =>
      part.steps.decodeRequests.reduce((sum, n, row) => sum + n * part.steps.decodeTokens[row]!, 0) /
      part.steps.decodeRequests.reduce((sum, n) => sum + n, 0);
    const latency = { itlMs: 0, completed: 10, failed: 0, meanPromptTokens: 100 };
    const measured = new Map(
      parts.map((part) => [
        part.experiment.id,
        { ...latency, ttftMs: 20, e2eMs: 20 + 100 * (10 + 0.05 * batch(part)), meanOutputTokens: 101 },
      ]),
    );
    const fit = directCalibration().fit({ ...data, measured }, createRandom(1));
    const rows = test.find((part) => part.modelKey === 'llama-2-70b-tp4-H100')!;
    const p = fit.predict(rows)!;
    for (const [row, value] of p.entries()) expect(value).toBeCloseTo(10000 + 50 * rows.steps.decodeTokens[row]!, 3);
    expect(fit.predict(test.find((part) => part.modelKey !== 'llama-2-70b-tp4-H100')!)).toBeUndefined();
  });
});
