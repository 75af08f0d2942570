import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkInvariants,
  type GeneralisationInput,
  holdOut,
  lowToHighLoad,
  metricsOf,
  openRows,
  trainingData,
} from '../../src/baselines/index.ts';
import { parameterValues, sumRanges } from '../../src/baselines/validation/batch-sums.ts';
import { checkMonotonicity } from '../../src/baselines/validation/monotonicity.ts';
import { checkPositivity } from '../../src/baselines/validation/positivity.ts';
import { selectRows } from '../../src/baselines/validation/select-rows.ts';
import { buildTable, type Dataset, makeDataset } from '../../src/data/index.ts';
import { createPool, DEFAULT_EVALUATE_SETTINGS, type GroupFit } from '../../src/evaluate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import {
  architecture,
  batchGraph,
  featuresOfSums,
  hardware,
  SUM_NAMES,
  visibleFeatures,
} from '../../src/physics/index.ts';
import { interpret, parseProgram, type Program } from '../../src/program/index.ts';
import { smallDataset, smallRows } from './sample.ts';

const context = {
  architecture: architecture('llama-2-70b'),
  hardware: hardware('H100'),
  tensorParallelism: 4,
  blockSize: 16,
};

function programOf(body: string, constants = 'a: 5000, b: 20, d: 40'): Program {
  const parsed = parseProgram(
    `export const constants = { ${constants} }; export function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

function startsOf({ constants }: Program): Record<string, number> {
  return Object.fromEntries(constants.map(({ name, start }) => [name, start]));
}

const LINE = 'c.a + c.b * batch.prefillTokens + c.d * batch.decodeTokens';

const ranges = {
  prefillTokens: { lo: 0, hi: 2048, mayBeNaN: false },
  decodeTokens: { lo: 0, hi: 128, mayBeNaN: false },
  prefillRequests: { lo: 0, hi: 32, mayBeNaN: false },
  decodeRequests: { lo: 0, hi: 128, mayBeNaN: false },
  kvTokens: { lo: 0, hi: 400_000, mayBeNaN: false },
};

describe('batchGraph', () => {
  it('gives what the program gives on the features of a batch', () => {
    const names = visibleFeatures().map(({ name }) => name);
    const program = programOf(
      names.map((name, i) => `c.k${i} * batch.${name}`).join(' + '),
      names.map((_, i) => `k${i}: ${i + 1}`).join(', '),
    );
    const constants = startsOf(program);
    const graph = batchGraph(program, 'blocks');
    const count = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(fc.tuple(count, count, count, count, fc.integer({ min: 0, max: 90_000 })), (values) => {
        const sums = Object.fromEntries(SUM_NAMES.blocks.map((name, i) => [name, values[i]!])) as Parameters<
          typeof featuresOfSums
        >[0];
        const expected = interpret(program.graph, { features: featuresOfSums(sums, context), constants })[0]!;
        const found = interpret(graph, { features: { ...parameterValues(context), ...sums }, constants })[0]!;
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe('positivity', () => {
  const check = (body: string): ReturnType<typeof checkPositivity> => {
    const program = programOf(body);
    return checkPositivity(batchGraph(program, 'blocks'), startsOf(program), context, ranges, createRandom(1));
  };

  it('is proved at once where every term is positive', () => {
    expect(check(LINE)).toMatchObject({
      verdict: 'proved',
      provedAtLeastUs: expect.closeTo(5020, 0),
      smallestFound: null,
    });
  });

  it('is proved for non-empty batches alone: a term without a base time is enough', () => {
    expect(check('c.b * batch.prefillTokens + c.d * batch.decodeTokens').verdict).toBe('proved');
  });

  it('is proved by smaller boxes where two uses of a feature cancel', () => {
    const found = check('c.a + c.d * (batch.scheduledTokens - 0.9 * batch.prefillTokens)');
    expect(found.verdict).toBe('proved');
  });

  it('is refuted by a batch that can exist', () => {
    const found = check('c.a - c.d * batch.decodeTokens + c.b * batch.prefillTokens');
    expect(found.verdict).toBe('refuted');
    const { us, batch } = found.smallestFound!;
    expect(us).toBeCloseTo(5000 - 40 * 128, 6);
    expect(batch.prefillRequests + batch.decodeRequests).toBeGreaterThan(0);
    expect(batch.decodeTokens).toBe(128);
  });

  it('is refuted by a batch that has no finite time', () => {
    const found = check('c.a / (c.d * batch.decodeTokens)');
    expect(found.verdict).toBe('refuted');
    expect(found.smallestFound).toMatchObject({ us: null, batch: { decodeTokens: 0 } });
  });

  it('keeps its word: no random batch of a proved program is below the bound', () => {
    const program = programOf('c.a + c.d * Math.sqrt(batch.kvTokens) - c.b * batch.hasPrefill');
    const graph = batchGraph(program, 'blocks');
    const { verdict, provedAtLeastUs } = checkPositivity(graph, startsOf(program), context, ranges, createRandom(1));
    expect(verdict).toBe('proved');
    fc.assert(
      fc.property(
        fc.tuple(
          ...SUM_NAMES.blocks.map((name) => fc.integer({ min: 0, max: ranges[name as keyof typeof ranges].hi })),
        ),
        (values) => {
          const sums = Object.fromEntries(SUM_NAMES.blocks.map((name, i) => [name, values[i]!]));
          const requests = sums['prefillRequests']! + sums['decodeRequests']!;
          if (requests === 0) return;
          const us = interpret(graph, {
            features: { ...parameterValues(context), ...sums },
            constants: startsOf(program),
          })[0]!;
          expect(us).toBeGreaterThanOrEqual(provedAtLeastUs! * (1 - 1e-12));
        },
      ),
      { seed: 2, numRuns: 200 },
    );
  });
});

describe('monotonicity', () => {
  const violations = async (body: string): Promise<ReturnType<typeof checkMonotonicity>> => {
    const { test } = await smallRows();
    const program = programOf(body);
    return checkMonotonicity(batchGraph(program, 'blocks'), () => startsOf(program), test);
  };

  it('finds none where no term falls', async () => {
    expect(await violations(`${LINE} + batch.kvTokens`)).toMatchObject({ violations: 0 });
  });

  it('says in which respect a program falls', async () => {
    const found = await violations(
      'c.a - c.d * batch.decodeTokens + c.b * batch.prefillTokens + batch.kvTokens * 0.001',
    );
    expect(found.decodeRequests).toBeGreaterThan(0.9);
    expect(found.prefillTokens).toBe(0);
    expect(found.context).toBe(0);
  });
});

describe('selectRows', () => {
  it('keeps the rows asked for, in order, and leaves out experiments without training rows', async () => {
    const table = buildTable(await smallDataset(), { target: 'cycle', splits: ['train', 'valid'] });
    const some = selectRows(table, (index, split, row) => index !== 1 && (split !== 'train' || row % 2 === 0));
    expect(some.experiments.map(({ id }) => id)).toEqual([0, 2].map((index) => table.experiments[index]!.id));
    const [from, to] = table.experiments[2]!.rows.valid;
    expect([...some.y.subarray(...some.experiments[1]!.rows.valid)]).toEqual([...table.y.subarray(from, to)]);
    expect(some.columns.every((column) => column.length === some.y.length)).toBe(true);
  });
});

describe('generalisation', () => {
  const inputOf = async (dataset: Dataset): Promise<GeneralisationInput> => {
    const program = programOf(LINE);
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, jobs: 1, objective: 'mape' as const };
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
    const pool = await createPool(table, settings);
    try {
      const [evaluation] = await pool.evaluate([{ program, stream: [] }]);
      if (evaluation?.status !== 'ok') throw new Error('the sample program was rejected');
      const fits: readonly GroupFit[] = evaluation.fits;
      const data = trainingData(dataset, 'cycle');
      return { program, fits, settings, dataset, table, data, test: openRows(dataset, 'cycle', 'test') };
    } finally {
      await pool.close();
    }
  };

  it('holds out each model and each workload once, and scores what was held out', async () => {
    const input = await inputOf(await smallDataset());
    const models = await holdOut(input, 'leaveOneModelOut');
    if ('impossible' in models) throw new Error(models.impossible);
    expect(models.folds.map(({ heldOut }) => heldOut)).toEqual(['llama-2-70b-tp4-H100', 'mixtral-8x7b-v0-1-tp2-H100']);
    expect(models.folds.map(({ experiments }) => experiments.length)).toEqual([2, 1]);

    const workloads = await holdOut(input, 'leaveOneWorkloadOut');
    if ('impossible' in workloads) throw new Error(workloads.impossible);
    expect(workloads.folds.map(({ heldOut }) => heldOut)).toEqual(['codegen', 'general']);
    // Without codegen, the 70B model's constants come from its general experiment; Mixtral without general from the pooled fit.
    const [codegen, general] = workloads.folds;
    const rowsOf = (id: string): number => input.test.find((rows) => rows.experiment.id === id)!.y.length;
    for (const each of [...codegen!.experiments, ...general!.experiments]) expect(each.rows).toBe(rowsOf(each.id));
    const mixtral = general!.experiments.find(({ id }) => id.includes('mixtral'))!;
    const held = models.folds[1]!.experiments[0]!;
    expect(mixtral.id).toBe(held.id);
    expect(mixtral.mape).not.toBe(held.mape);
  });

  it('says what the data does not allow', async () => {
    const dataset = await smallDataset();
    const one = makeDataset('one', dataset.experiments.slice(0, 1));
    const input = await inputOf(one);
    expect(await holdOut(input, 'leaveOneModelOut')).toMatchObject({
      impossible: expect.stringContaining('one model'),
    });
    expect(await holdOut(input, 'leaveOneWorkloadOut')).toMatchObject({
      impossible: expect.stringContaining('one workload'),
    });
  });

  it('fits on light batches and scores heavy ones', async () => {
    const input = await inputOf(await smallDataset());
    const load = await lowToHighLoad(input);
    if ('impossible' in load) throw new Error(load.impossible);
    for (const each of load.extrapolated) {
      const { steps } = input.test.find((rows) => rows.experiment.id === each.id)!;
      const above = steps.prefillRequests.filter((n, row) => n + steps.decodeRequests[row]! > load.limits[each.id]!);
      expect(each.rows).toBe(above.length);
    }
  });

  it('reports the six invariants', async () => {
    const input = await inputOf(await smallDataset());
    const metrics = input.test.map((rows) => metricsOf({ rows, p: rows.y.map((y) => 1.1 * y) }));
    const report = checkInvariants({
      program: input.program,
      fits: input.fits,
      scope: 'model',
      evaluated: { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 },
      features: input.table.features,
      contexts: 'blocks',
      test: input.test,
      metrics,
    });
    expect(Object.keys(report)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `INV-M-${n}`));
    expect(report['INV-M-1']).toMatchObject({ holds: true, proved: true, nonPositiveTestRows: 0 });
    expect(report['INV-M-1'].groups).toHaveLength(2);
    expect(report['INV-M-4'].holds).toBe(true);
    expect(report['INV-M-6']).toMatchObject({ holds: false, outside: 3 });
    expect(sumRanges(input.table.features, 'blocks').decodeTokens.hi).toBeGreaterThan(0);
  });
});
