import { beforeAll, describe, expect, it } from 'vitest';
import type { RegressionTable } from '../../src/data/index.ts';
import type { Accepted, ExperimentMetrics } from '../../src/evaluate/index.ts';
import { readTemplates } from '../../src/llm/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { DEFAULT_CAPS } from '../../src/program/index.ts';
import { createArchive, type Individual, insert, TEMPLATE_NAMES } from '../../src/search/index.ts';
import { adviceFor } from '../../src/search/operators/llm/facts/advice.ts';
import { chooseAim } from '../../src/search/operators/llm/facts/aim.ts';
import { toldOnce } from '../../src/search/operators/llm/facts/attempts.ts';
import { binsTable } from '../../src/search/operators/llm/facts/bins.ts';
import { briefOf } from '../../src/search/operators/llm/facts/briefs.ts';
import { recurringForms } from '../../src/search/operators/llm/facts/concepts.ts';
import { constantsTable } from '../../src/search/operators/llm/facts/constants.ts';
import { floorCurves } from '../../src/search/operators/llm/facts/curves.ts';
import { experimentsTable, shortNames } from '../../src/search/operators/llm/facts/experiments.ts';
import { hintsLine, hintsOf, lackingTerms } from '../../src/search/operators/llm/facts/hints.ts';
import { predictedRows } from '../../src/search/operators/llm/facts/rows.ts';
import { systemPrompt } from '../../src/search/operators/llm/prompt.ts';
import { readPrograms } from '../../src/search/operators/llm/read-programs.ts';
import { programOf } from '../evaluate/tables.ts';
import { TOY_TASK } from './llm-world.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { sharedToySearch } from './toy-search.ts';

const ROWS = 80;
const HIDDEN_ROWS = 20;

/** Two experiments of two models; what is observed is 100 + 2·tokens in the one and 200 in the other. Later rows are not to be read. */
const TABLE: RegressionTable = (() => {
  const all = 2 * (ROWS + HIDDEN_ROWS);
  const tokens = Float64Array.from({ length: all }, (_, i) => 1 + (i % (ROWS + HIDDEN_ROWS)));
  const random = createRandom(2);
  const y = tokens.map((x, i) => {
    const isHidden = i % (ROWS + HIDDEN_ROWS) >= ROWS;
    return isHidden ? Number.NaN : i < all / 2 ? 100 + 2 * x : 200;
  });
  const weights = new Float64Array(all).fill(1);
  const experiment = (id: string, start: number): RegressionTable['experiments'][number] => ({
    id,
    model: id,
    workload: 'w',
    tp: 1,
    modelKey: `${id}-tp1`,
    weight: 1,
    rows: {
      train: [start, start + ROWS],
      valid: [start + ROWS, start + ROWS + HIDDEN_ROWS],
      test: [start + ROWS, start + ROWS],
    },
  });
  return {
    features: TOY_FEATURES,
    columns: [
      Float64Array.from(tokens, (x) => 3 * x + random.uniform()),
      Float64Array.from(tokens, () => random.uniform()),
      new Float64Array(all).fill(1),
      tokens,
    ],
    y,
    weights: { e2e: weights, ttft: weights, itl: weights },
    experiments: [experiment('one', 0), experiment('two', ROWS + HIDDEN_ROWS)],
  };
})();

let toy: Individual;

/** A program with what a test says of its evaluation. */
function individual(changes: Partial<Accepted> = {}, program = programOf({ base: 150 }, 'c.base')): Individual {
  const fits = ['one-tp1', 'two-tp1'].map((group) => ({
    group,
    constants: { base: 150, rate: 0 },
    standardErrors: { base: 2, rate: null },
  }));
  return { ...toy, program, evaluation: { ...toy.evaluation, fits, ...changes } };
}

function metricsOf(errors: readonly number[]): readonly ExperimentMetrics[] {
  const [base] = toy.evaluation.metrics.train as readonly [ExperimentMetrics];
  return errors.map((mape, i) => ({ ...base, id: `2026-01-0${i}-${['one', 'two'][i] ?? `m${i}`}`, mape }));
}

beforeAll(async () => {
  [toy] = (await sharedToySearch()).state.archive.front as readonly [Individual];
});

describe('residuals of a prompt', () => {
  const task = { ...TOY_TASK, scope: 'model' } as const;

  it('are means by bin of training rows with their spread and number, beside those of the worst group', () => {
    const rows = predictedRows(individual(), TABLE, 'model');
    const lines = binsTable(rows, ['tokens'], { worst: 'one-tp1', isRelative: true }).split('\n');
    expect(lines[0]).toBe('| by | from … to | rows | left open % | in one-tp1 |');
    expect(lines).toHaveLength(2 + 1 + 4);
    // All predictions are alike: one bin, with 25 % of the second experiment in it.
    expect(lines[2]).toMatch(/^\| predicted µs \| 150 \| 160 \|/);
    // 1 − 150/y, of which 150 · ln(141/101)/40 is near the mean of the ratio in the first bin, and is 25 % in the other experiment.
    expect(lines[3]).toBe('| tokens | 1 … 20 | 40 | 0 ± 4 | -25 ± 3 |');
    expect(lines[6]).toMatch(/^\| {2}\| 61 … 80 \| 40 \| .* \| 37\.6 ± 0\.7 \|$/);
  });

  it('are empty where no single rows were measured', () => {
    const experiments = TABLE.experiments.map((each) => ({ ...each, observations: each.rows }));
    const rows = predictedRows(individual(), { ...TABLE, experiments }, 'model');
    expect(binsTable(rows, ['tokens'], { worst: undefined, isRelative: true })).toBe('');
  });

  it('give hints above chance alone, each once with those that rise with it', () => {
    const residualCorrelations = [
      { feature: 'tokens', r: 0.5 },
      { feature: 'computeUs', r: 0.49 },
      { feature: 'memoryUs', r: -0.3 },
      { feature: 'requests', r: 0.19 },
    ];
    const parent = individual({ residualCorrelations });
    const hints = hintsOf(parent, TABLE, predictedRows(parent, TABLE, task.scope));
    expect(hints).toMatchObject({ least: 0.2, rows: 2 * ROWS });
    expect(hintsLine(hints)).toBe('tokens +0.50 (so too computeUs); memoryUs -0.30');
    const few = {
      ...TABLE,
      experiments: [{ ...TABLE.experiments[0]!, rows: { ...TABLE.experiments[0]!.rows, train: [0, 16] as const } }],
    };
    expect(hintsLine(hintsOf(parent, few, predictedRows(parent, few, task.scope)))).toBe('');
  });

  it('name the terms that lower them most, as they would stand', () => {
    const term = 'tokens - 9';
    const residualTerms = [
      { term: 'tokens', place: 'factor', coefficient: 0.5, gain: 0.1 },
      { term, place: 'sum', coefficient: -2, gain: 0.25 },
    ] as const;
    expect(lackingTerms(individual({ residualTerms }))).toEqual([
      { form: 'p - 2 * (tokens - 9)', gain: '25' },
      { form: 'p * (1 + 0.5 * (tokens))', gain: '10' },
    ]);
  });
});

describe('what a prompt says of a program', () => {
  it('has constants with units and roles', () => {
    const parent = individual({}, programOf({ base: 150, rate: 0 }, 'c.base + c.rate * batch.tokens'));
    expect(constantsTable(parent, TOY_FEATURES).split('\n').slice(2)).toEqual([
      '| base | µs, overhead | 150 ± 2 | 150 ± 2 |',
      '| rate | µs/token, rate | 0 ± ? | 0 ± ? |',
    ]);
  });

  it('has the worst experiments, the best and the mean of many, without the dates before their names', () => {
    const lines = experimentsTable(metricsOf([60, 50, 40, 30, 20, 10]))
      .split('\n')
      .slice(2);
    expect(lines.map((line) => line.split(' | ')[0])).toEqual(['| one', '| two', '| m2', '| m5', '| mean of all 6']);
    expect(lines.at(-1)).toContain('| 35 |');
    expect(shortNames(['1-a', '2-a'])('1-a')).toBe('1-a');
  });

  it('has its times over the floor along the curves of the worst model', () => {
    const curves = [{ along: 'promptTokens', at: 'one uncached prompt', x: [1, 8, 64], batches: [0, 1, 2] }] as const;
    const floor = {
      modelKey: 'one-tp1',
      grid: { requests: {} as never, curves },
      columns: TOY_FEATURES.map(() => Float64Array.of(1, 8, 64)),
      floorUs: Float64Array.of(50, 100, 300),
    };
    const [one, two] = TABLE.experiments as readonly [
      RegressionTable['experiments'][number],
      RegressionTable['experiments'][number],
    ];
    expect(floorCurves(individual(), { ...TABLE, floors: [floor] }, one, 'model')).toEqual({
      model: 'one-tp1',
      lines: ['tokens of one prompt: 1 → 3, 8 → 1.5, 64 → 0.5'],
    });
    expect(floorCurves(individual(), { ...TABLE, floors: [floor] }, two, 'model')).toBeUndefined();
    const questioned = { ...floor, questioned: 'times are shorter' };
    expect(floorCurves(individual(), { ...TABLE, floors: [questioned] }, one, 'model')).toBeUndefined();
  });

  it('has advice where its state calls for it, and of validation rows no figure', () => {
    const task = { ...TOY_TASK, scope: 'model' } as const;
    const calm = individual({ error: 5, validationError: 5.5, metrics: { train: metricsOf([9, 8, 7]), valid: [] } });
    expect(adviceFor(calm, TABLE, task, 0)).toEqual({});
    const outlier = individual({
      error: 5,
      validationError: 8.25,
      metrics: { train: metricsOf([30, 8, 7]), valid: [] },
    });
    expect(adviceFor(outlier, TABLE, task, 7)).toEqual({ stagnation: 7, outlier: 'one', gap: true });
    const floor = { batches: 90, violations: 3, worst: 0.5, rises: 10, shortRises: 1, error: 1 };
    expect(adviceFor({ ...calm, evaluation: { ...calm.evaluation, floor } }, TABLE, task, 0)).toEqual({
      floor: { broken: 4, batches: 100 },
    });
    const weak = individual(
      { error: 5, validationError: 5 },
      programOf({ base: 1, rate: 1 }, 'c.base + c.rate * batch.tokens'),
    );
    expect(adviceFor(weak, TABLE, task, 0)).toMatchObject({ weak: 'rate' });
  });
});

describe('what a prompt says of the search', () => {
  const entry = (id: string, operations: number, error: number, text: string): Individual => ({
    ...toy,
    id,
    criteria: { operations, features: 1, error },
    program: programOf({ a: 1, b: 2 }, text),
  });
  const archiveOf = (...entries: readonly Individual[]): ReturnType<typeof createArchive<Individual>> =>
    entries.reduce((archive, each) => insert(archive, 0, each).archive, createArchive<Individual>(2));

  it('is the niche by the brief, with what is to be beaten there', () => {
    const parent = entry('p', 8, 20, 'c.a * batch.tokens');
    const archive = archiveOf(entry('s', 3, 40, 'c.a * batch.tokens'), parent);
    const aimOf = (brief: 'physics' | 'residual' | 'simplify', kind: 'point' | 'structural' = 'structural') =>
      chooseAim(
        archive,
        { island: 0, parent, brief, kind, caps: { ...DEFAULT_CAPS, operations: 12 } },
        createRandom(1),
      );
    expect(aimOf('physics')).toEqual({ operations: [6, 10], features: 3, islandError: 20, frontError: 20 });
    expect(aimOf('residual')).toEqual({ operations: [11, 12], features: 3, islandError: Infinity, frontError: 20 });
    expect(aimOf('simplify')).toEqual({ operations: [1, 5], features: 3, islandError: 40, frontError: 40 });
    expect(aimOf('simplify', 'point').operations).toEqual([6, 10]);
  });

  it('is a brief for each island, in turns where there are few', () => {
    expect([0, 1, 2, 3, 4].map((island) => briefOf(island, 5, 9))).toEqual([
      'physics',
      'residual',
      'simplify',
      'challenge',
      'physics',
    ]);
    expect([0, 1, 2, 3].map((generation) => briefOf(0, 1, generation))).toEqual([
      'physics',
      'residual',
      'simplify',
      'challenge',
    ]);
  });

  it('is the forms that recur, those of the best programs first', () => {
    const archive = archiveOf(
      entry('x', 3, 40, 'c.a + c.b * batch.tokens'),
      entry('y', 6, 20, 'c.a * batch.tokens + Math.max(batch.computeUs, c.b * batch.memoryUs)'),
      entry('z', 9, 10, 'c.a + Math.max(batch.computeUs, c.b * batch.memoryUs)'),
    );
    expect(recurringForms(archive)).toEqual([
      { form: 'Math.max(computeUs, k * memoryUs)', programs: 2, error: '10' },
      { form: 'k * tokens', programs: 2, error: '20' },
    ]);
  });

  it('is failures merged wherever in their text they stood, and counted', () => {
    const attempts = ['3:7 no feature x', '9:1 no feature x', 'too large'].map((detail, i) => ({
      source: `text ${i}`,
      reason: 'invalid',
      detail,
    }));
    expect(toldOnce(attempts)).toEqual([
      { why: 'invalid: no feature x (2 times)', source: 'text 1' },
      { why: 'invalid: too large', source: 'text 2' },
    ]);
  });
});

describe('the system prompt', () => {
  it('has whole numbers for counts, and an answer that can be read: a program and edits of one', () => {
    const features = ['decodeGemmUs', 'decodeMemoryUs', 'requests'].map((name) => ({
      name,
      unit: 'µs',
      meaning: 'm',
      range: [0.5, 153.8] as const,
      ...(name === 'requests' && { isCount: true }),
    }));
    const text = systemPrompt(readTemplates(TEMPLATE_NAMES), features, DEFAULT_CAPS, TOY_TASK);
    expect(text).toContain('| requests | µs | m | 1 … 153 |');
    expect(text).toContain('| decodeGemmUs | µs | m | 0.5 … 153.8 |');
    const answer = text.slice(text.indexOf('## Your answer'));
    const [program] = readPrograms(answer, features, DEFAULT_CAPS);
    const shown = [{ number: 1, id: 'p', source: /```js\n([^`]*)```/.exec(answer)![1]! }];
    const [, edited] = readPrograms(answer, features, DEFAULT_CAPS, shown);
    expect([program?.ok, edited]).toMatchObject([true, { ok: true, base: 'p' }]);
  });
});
