import { describe, expect, it } from 'vitest';
import { createRandom, mean, quantile } from '../../src/numeric/index.ts';
import { QUANTILE_LEVELS } from '../../src/program/index.ts';
import {
  buildTable,
  type Dataset,
  describeDataset,
  type Experiment,
  littleE2e,
  makeDataset,
} from '../../src/data/index.ts';
import { range, sampleSteps } from './sample.ts';

const base = { workload: 'general', hardware: 'H100', blockSize: 16 };

const LLAMA: Experiment = {
  id: 'a-llama',
  model: 'llama-2-70b-hf',
  architecture: 'llama-2-70b',
  tp: 4,
  ...base,
  steps: sampleSteps(range(100, 150)),
};
const MIXTRAL: Experiment = {
  id: 'b-mixtral',
  model: 'mixtral-8x7b-v0-1',
  architecture: 'mixtral-8x7b-v0-1',
  tp: 2,
  ...base,
  // Only the ids 0 to 9 are consecutive: with 20 rows, pairs exist in the training rows alone.
  steps: sampleSteps([...range(0, 10), ...range(0, 10).map((at) => 20 + 2 * at)]),
};
const SUMMARY_ONLY: Experiment = { id: 'c-none', model: 'llama-2-7b', architecture: 'llama-2-7b', tp: 1, ...base };

function dataset(): Dataset {
  return makeDataset('memory', [LLAMA, MIXTRAL, SUMMARY_ONLY]);
}

describe('the regression table', () => {
  it('holds the rows of the wanted splits, experiment by experiment in time', () => {
    const table = buildTable(dataset(), { target: 'duration', splits: ['valid', 'train'] });
    const H100 = { hardware: 'H100', generation: 'Hopper', engine: 'unknown' };
    expect(table.experiments).toEqual([
      {
        id: 'a-llama',
        model: 'llama-2-70b-hf',
        workload: 'general',
        tp: 4,
        modelKey: 'llama-2-70b-tp4-H100',
        system: { model: 'llama-2-70b', ...H100 },
        weight: 1,
        rows: { train: [0, 30], valid: [30, 40], test: [40, 40] },
      },
      {
        id: 'b-mixtral',
        model: 'mixtral-8x7b-v0-1',
        workload: 'general',
        tp: 2,
        modelKey: 'mixtral-8x7b-v0-1-tp2-H100',
        system: { model: 'mixtral-8x7b-v0-1', ...H100 },
        weight: 2,
        rows: { train: [40, 52], valid: [52, 56], test: [56, 56] },
      },
    ]);
    expect([...table.y]).toEqual([...LLAMA.steps!.durationUs.slice(0, 40), ...MIXTRAL.steps!.durationUs.slice(0, 16)]);
  });

  it('puts features and weights beside the step they belong to', () => {
    const table = buildTable(dataset(), { target: 'cycle', splits: ['valid', 'test'] });
    const column = (name: string) => [...table.columns[table.features.findIndex((feature) => feature.name === name)]!];
    // 50 rows have 49 pairs; the last row has no successor. Pairs 30–39 validate, 40–48 test.
    expect(table.experiments[0]!.rows).toEqual({ train: [0, 0], valid: [0, 10], test: [10, 19] });
    expect(table.experiments[1]!.rows).toEqual({ train: [19, 19], valid: [19, 19], test: [19, 19] });
    expect([...table.y]).toEqual(range(0, 19).map(() => 20_000));
    const steps = LLAMA.steps!;
    expect(column('decodeTokens')).toEqual(Array.from(steps.decodeTokens.slice(30, 49)));
    expect(column('kvTokens')).toEqual(Array.from(steps.kvBlocksFree.slice(30, 49)).map((free) => (31356 - free) * 16));
    expect([...table.weights.ttft]).toEqual(Array.from(steps.prefillRequests.slice(30, 49)));
    expect([...table.weights.itl]).toEqual(Array.from(steps.decodeRequests.slice(30, 49)));
    expect([...table.weights.e2e]).toEqual(
      range(30, 49).map((row) => steps.prefillRequests[row]! + steps.decodeRequests[row]!),
    );
  });

  it('takes feature ranges and quantiles from training rows alone, whatever the splits', () => {
    const tables = (['train', 'valid', 'test'] as const).map((split) =>
      buildTable(dataset(), { target: 'duration', splits: [split] }),
    );
    expect(tables[1]!.features).toEqual(tables[0]!.features);
    expect(tables[2]!.features).toEqual(tables[0]!.features);
    const trained = [...LLAMA.steps!.kvBlocksFree.slice(0, 30), ...MIXTRAL.steps!.kvBlocksFree.slice(0, 12)];
    const used = trained.map((free) => (31356 - free) * 16);
    const kvTokens = tables[0]!.features.find(({ name }) => name === 'kvTokens')!;
    expect(kvTokens.range).toEqual([0, Math.max(...used) * 1.25]);
    expect(kvTokens.quantiles).toEqual(QUANTILE_LEVELS.map((level) => quantile(used, level)));
  });

  it('lists only features that programs may use', () => {
    const { features } = buildTable(dataset(), { target: 'cycle', splits: ['train'] });
    expect(features.map(({ name }) => name)).not.toContain('runningDepth');
    expect(features.map(({ name }) => name)).toContain('decodeMemoryUs');
  });

  it('is refused where no experiment has the target', () => {
    const sparse = { ...LLAMA, steps: sampleSteps([1, 3, 5, 7, 9]) };
    const build = (target: 'cycle' | 'duration') => () =>
      buildTable(makeDataset('memory', [sparse]), { target, splits: ['train'] });
    expect(build('duration')).not.toThrow();
    expect(build('cycle')).toThrow(/memory: no experiment has training rows for the target `cycle`/);
    expect(() => buildTable(makeDataset('memory', [SUMMARY_ONLY]), { target: 'duration', splits: ['train'] })).toThrow(
      /no experiment has training rows/,
    );
  });
});

describe('the description of a dataset', () => {
  it('has rows, splits, test ids and pairs of each experiment', () => {
    const { experiments, hash, features } = describeDataset(dataset());
    expect(hash).toBe(dataset().hash);
    expect(features[0]).toEqual({
      name: 'prefillTokens',
      unit: 'tokens',
      meaning: 'prompt tokens computed in this step',
      kind: 'batch',
    });
    expect(experiments).toMatchObject([
      {
        id: 'a-llama',
        model: 'llama-2-70b-hf',
        workload: 'general',
        tp: 4,
        rows: 50,
        split: { train: 30, valid: 10, test: 10 },
        testIds: [140, 149],
        cyclePairs: { train: 30, valid: 10, test: 9 },
      },
      {
        id: 'b-mixtral',
        model: 'mixtral-8x7b-v0-1',
        workload: 'general',
        tp: 2,
        rows: 20,
        split: { train: 12, valid: 4, test: 4 },
        testIds: [32, 38],
        cyclePairs: { train: 9, valid: 0, test: 0 },
      },
      {
        id: 'c-none',
        model: 'llama-2-7b',
        workload: 'general',
        tp: 1,
        rows: 0,
        split: { train: 0, valid: 0, test: 0 },
        testIds: null,
        cyclePairs: { train: 0, valid: 0, test: 0 },
      },
    ]);
  });

  it('counts rows that a target leaves out', () => {
    const steps = sampleSteps(range(0, 10));
    steps.durationUs[3] = 0;
    const [experiment] = describeDataset(makeDataset('memory', [{ ...LLAMA, steps }])).experiments;
    expect(experiment!.dropped).toEqual({ cycle: 0, duration: 1 });
  });
});

describe('mean latency by the law of Little', () => {
  it('is requests in service summed over time, divided by completions', () => {
    const steps = sampleSteps([0, 1, 11]);
    // 9, 9 and 9 requests are scheduled; the steps 0 and 11 complete one each.
    expect(littleE2e({ ...LLAMA, steps }, [1000, 2000, 3000])).toMatchObject({
      e2eMs: (9 * 1000 + 9 * 2000 + 9 * 3000) / 2 / 1000,
      completions: 2,
    });
  });

  it('has no sampling error where every step is recorded', () => {
    const steps = sampleSteps(range(0, 50));
    expect(
      littleE2e(
        { ...LLAMA, steps },
        Array.from({ length: 50 }, () => 1000),
      )!.relativeStandardError,
    ).toBe(0);
  });

  it('has a standard error that is the spread of the estimate over samples', () => {
    const all = range(0, 3000);
    const timeOf = (id: number) => 900 + 7 * (id % 31);
    const random = createRandom(5);
    const samples = range(0, 300).map(() => {
      const ids = all.filter(() => random.uniform() < 0.2);
      return littleE2e({ ...LLAMA, steps: sampleSteps(ids) }, ids.map(timeOf))!;
    });
    const estimates = samples.map(({ e2eMs }) => e2eMs);
    const middle = mean(estimates);
    const spread = Math.sqrt(mean(estimates.map((e2eMs) => (e2eMs / middle - 1) ** 2)));
    const stated = mean(samples.map(({ relativeStandardError }) => relativeStandardError));
    expect(stated / spread).toBeGreaterThan(0.85);
    expect(stated / spread).toBeLessThan(1.15);
  });

  it('is not known without completions', () => {
    expect(littleE2e({ ...LLAMA, steps: sampleSteps([1, 2]) }, [1, 1])).toBeUndefined();
    expect(littleE2e(SUMMARY_ONLY, [])).toBeUndefined();
  });
});
