import { describe, expect, it } from 'vitest';
import { openRows, rank, referencePredictors, trainingData } from '../../src/baselines/index.ts';
import { type Experiment, makeDataset } from '../../src/data/index.ts';
import { smallDataset } from './sample.ts';

function without(experiment: Experiment): Experiment {
  const nothing = (column: Float64Array) => column.map(() => Number.NaN);
  const { kvBlocksFree, kvBlocksTotal, kvUsageRatio, ...others } = experiment.steps!;
  const lost = {
    kvBlocksFree: nothing(kvBlocksFree),
    kvBlocksTotal: nothing(kvBlocksTotal),
    kvUsageRatio: nothing(kvUsageRatio),
  };
  return { ...experiment, steps: { ...others, ...lost } };
}

/** The board without the predictors that take long, with what each cannot predict. */
function boardOf(experiments: readonly Experiment[]) {
  const dataset = makeDataset('some', experiments);
  const contestants = referencePredictors()
    .filter(({ name }) => name !== 'trees-30')
    .map((predictor) => ({ kind: 'baseline' as const, predictor }));
  const { rows } = rank(contestants, trainingData(dataset, 'cycle'), () => openRows(dataset, 'cycle', 'test'));
  return new Map(rows.map((row) => [row.name, row]));
}

describe('a baseline whose columns were not recorded', () => {
  it('predicts the experiments that have them, and says which it cannot', async () => {
    const [first, ...others] = (await smallDataset()).experiments;
    const board = boardOf([without(first!), ...others]);
    const whole = boardOf(others);
    for (const name of ['roofline', 'ridge-30', 'corrections-9-model', 'lpic-beta']) {
      expect(board.get(name)).toMatchObject({ unpredicted: [first!.id] });
      expect(board.get(name)!.mean.mape).toBe(whole.get(name)!.mean.mape);
      expect(board.get(name)!.notes.join()).toMatch(/not recorded: kv\.(usage_gpu_ratio|blocks_total_gpu)/);
    }
    expect(board.get('blackbox-experiment')!.unpredicted).toEqual([]);
  });

  it('predicts nothing where no experiment has them', async () => {
    const experiments = (await smallDataset()).experiments.map(without);
    const board = boardOf(experiments);
    expect(board.get('ridge-30')).toMatchObject({ unpredicted: experiments.map(({ id }) => id), parameters: 0 });
    expect(board.get('ridge-30')!.mean.mape).toBeNull();
    expect(board.get('naive-mean-experiment')!.mean.mape).toBeGreaterThan(0);
  });
});
