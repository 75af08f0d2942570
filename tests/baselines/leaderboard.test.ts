import { describe, expect, it } from 'vitest';
import {
  type FittedPredictor,
  openRows,
  type Predictor,
  rank,
  referencePredictors,
  trainingData,
} from '../../src/baselines/index.ts';
import { blackbox, naiveMean } from '../../src/baselines/formulas.ts';
import { smallDataset, smallRows } from './sample.ts';

function baseline(predictor: Predictor): { readonly kind: 'baseline'; readonly predictor: Predictor } {
  return {
    kind: 'baseline',
    predictor,
  };
}

function made(name: string, fit: Predictor['fit']): Predictor {
  return {
    name,
    description: name,
    fittedOn: 'nothing',
    fit,
  };
}

describe('rank', () => {
  it('orders by mean MAPE and compares with the best baseline', async () => {
    const { data, test } = await smallRows();
    const { rows, bestBaseline } = rank(
      [naiveMean('experiment'), blackbox('experiment')].map(baseline),
      data,
      () => test,
    );
    expect(rows.map(({ name }) => name)).toEqual(['blackbox-experiment', 'naive-mean-experiment']);
    expect(bestBaseline).toBe('blackbox-experiment');
    expect(rows[0]!.versusBest).toBeNull();
    const versus = rows[1]!.versusBest!;
    expect(versus.mape).toMatchObject({ pairs: 3, effect: -1, p: 0.25 });
    expect(versus.mapeDifference).toBeCloseTo(rows[1]!.mean.mape! - rows[0]!.mean.mape!, 9);
    expect(versus.mapeDifferenceInterval.low).toBeLessThan(versus.mapeDifference);
    expect(versus.mapeDifferenceInterval.high).toBeGreaterThan(versus.mapeDifference);
  });

  it('averages over experiments, counts them under each bound, and encloses the mean', async () => {
    const { data, test } = await smallRows();
    const [row] = rank([baseline(blackbox('experiment'))], data, () => test).rows;
    const { experiments, mean, under, mapeIntervals } = row!;
    const mapes = experiments.map(({ mape }) => mape);
    expect(mean.mape).toBeCloseTo(mapes.reduce((sum, mape) => sum + mape, 0) / mapes.length, 12);
    expect(under).toEqual(
      Object.fromEntries([10, 15, 25].map((bound) => [bound, mapes.filter((mape) => mape < bound).length])),
    );
    for (const { low, high } of [mapeIntervals.rows, mapeIntervals.blocks]) {
      expect(low).toBeLessThan(mean.mape!);
      expect(high).toBeGreaterThan(mean.mape!);
    }
  });

  it('never shows a predictor the times of the test rows', async () => {
    const { data, test } = await smallRows();
    const seen: string[] = [];
    const spy = made(
      'spy',
      (): FittedPredictor => ({
        parameters: 0,
        notes: [],
        predict: (rows) => {
          seen.push(...Object.keys(rows));
          return rows.steps.stepId.map(() => 1);
        },
      }),
    );
    rank([baseline(spy)], data, () => test);
    expect(new Set(seen)).toEqual(new Set(['experiment', 'modelKey', 'context', 'steps']));
  });

  it('opens the test rows once, when every predictor is fitted', async () => {
    const { data, test } = await smallRows();
    const log: string[] = [];
    rank(
      [naiveMean('experiment'), blackbox('global')].map(baseline),
      data,
      () => {
        log.push('open');
        return test;
      },
      { onFitted: (name) => log.push(name) },
    );
    expect(log).toEqual(['naive-mean-experiment', 'blackbox-global', 'open']);
  });

  it('names experiments without a prediction and does not let such a baseline be the best', async () => {
    const { data, test } = await smallRows();
    const partial = made('partial', () => ({
      parameters: 0,
      notes: [],
      predict: (rows) =>
        rows.experiment.id === test[0]!.experiment.id ? test[0]!.steps.stepId.map(() => test[0]!.y[0]!) : undefined,
    }));
    const { rows, bestBaseline } = rank([baseline(partial), baseline(naiveMean('experiment'))], data, () => test);
    expect(bestBaseline).toBe('naive-mean-experiment');
    expect(rows.find(({ name }) => name === 'partial')!.unpredicted).toEqual(
      test.slice(1).map(({ experiment }) => experiment.id),
    );
  });

  it('ranks a baseline that predicts nothing last, with null for what it has not', async () => {
    const { data, test } = await smallRows();
    const silent = made('silent', () => ({ parameters: 0, notes: [], predict: () => undefined }));
    const { rows } = rank([baseline(silent), baseline(naiveMean('experiment'))], data, () => test);
    const last = rows.at(-1)!;
    expect(last).toMatchObject({ name: 'silent', experiments: [], predictUsPerStep: null, versusBest: null });
    expect(Object.values({ ...last.mean, ...last.median }).every((figure) => figure === null)).toBe(true);
    expect(last.mapeIntervals.blocks).toEqual({ low: null, high: null, level: 0.95 });
  });

  it('gives the same figures each time, but for the clock', async () => {
    const dataset = await smallDataset();
    const board = (): object =>
      rank(
        referencePredictors()
          .filter(({ name }) => name !== 'trees-30')
          .map(baseline),
        trainingData(dataset, 'cycle'),
        () => openRows(dataset, 'cycle', 'test'),
      ).rows.map((row) => ({ ...row, fitSeconds: 0, predictUsPerStep: 0 }));
    expect(board()).toEqual(board());
  });
});
