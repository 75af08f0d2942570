import { describe, expect, it } from 'vitest';
import type { RegressionTable, SystemKeys } from '../../src/data/index.ts';
import { selectRows } from '../../src/baselines/validation/select-rows.ts';
import type { Accepted } from '../../src/evaluate/index.ts';
import { systemFolds } from '../../src/evaluate/hold-out.ts';
import { mean } from '../../src/numeric/index.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from '../../src/evaluate/settings.ts';
import type { Program } from '../../src/program/index.ts';
import { refusalOf } from '../user-error.ts';
import { observedTable } from './observed-tables.ts';
import { programOf, tableOf } from './tables.ts';

/** The table with what each of its experiments is of. */
function of(table: RegressionTable, models: readonly string[]): RegressionTable {
  return {
    ...table,
    experiments: table.experiments.map((experiment, at) => {
      const system: SystemKeys = { model: models[at]!, hardware: 'H100', generation: 'Hopper', engine: `e${at % 2}` };
      return { ...experiment, system };
    }),
  };
}

function evaluate(table: RegressionTable, program: Program, settings: Partial<EvaluateSettings> = {}): Accepted {
  const all = { ...DEFAULT_EVALUATE_SETTINGS, scope: 'global', objective: 'mape', ...settings } as const;
  const evaluation = new ProgramEvaluator(table, all).evaluate({ program, stream: ['x'] });
  if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
  return evaluation;
}

/** The error of each model with constants of a fit that never saw it. */
function byHand(table: RegressionTable, program: Program): number {
  const errors = [...systemFolds(table, 'model').values()].map((members) => {
    const rest = selectRows(table, (index) => !members.includes(index));
    const { fits } = evaluate(rest, program);
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, scope: 'global', objective: 'mape' } as const;
    const scored = new ProgramEvaluator(table, settings).score(program, fits, 'train');
    return members.map((at) => ({ weight: table.experiments[at]!.weight, mape: scored[at]!.mape }));
  });
  const all = errors.flat();
  return mean(all.map(({ weight, mape }) => weight * mape)) / mean(all.map(({ weight }) => weight));
}

const MODELS = ['a', 'b', 'c', 'a'];
const line = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens');
const factors = [1, 1.1, 1.3, 0.8];
const recorded = of(
  tableOf((row, experiment) => (500 + 4 * row.tokens) * factors[experiment]!, { noise: 0.05 }),
  MODELS,
);
const observed = of(
  observedTable(({ prefillTokens, requests }) => 4000 + 20 * prefillTokens + 50 * requests, {
    experiments: 3,
    noise: 0.1,
    recorded: [1],
  }),
  ['a', 'b', 'c'],
);

describe('errors of what is held out', () => {
  it.each<readonly [what: string, table: RegressionTable, program: Program]>([
    ['recorded steps', recorded, line],
    ['recorded steps, a bent law', recorded, programOf({ a: 1, b: 1, p: 1 }, 'c.a + c.b * batch.tokens ** c.p')],
    ['requests and steps', observed, programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.prefillTokens')],
  ])('are those of fits without it: %s', (_, table, program) => {
    const { error, ownError } = evaluate(table, program, { holdOut: ['model'] });
    expect(ownError).toBeCloseTo(evaluate(table, program).error, 10);
    expect(error).toBeGreaterThan(ownError!);
    expect(error / byHand(table, program)).toBeCloseTo(1, 1);
  });

  it('are the mean over all that is named', () => {
    const heldOut = (holdOut: EvaluateSettings['holdOut']): Accepted =>
      evaluate(recorded, line, holdOut && { holdOut });
    const [model, engine, both] = [heldOut(['model']), heldOut(['engine']), heldOut(['model', 'engine'])];
    expect(both.error).toBeCloseTo((model.error + engine.error) / 2, 10);
    expect(both.validationError).toBeCloseTo((model.validationError + engine.validationError) / 2, 10);
    const first = (each: Accepted): number => each.validationBlocks![0]!.errors[0]!;
    expect(first(both)).toBeCloseTo((first(model) + first(engine)) / 2, 3);
  });

  it('are worse where a program knows one by heart', () => {
    const table = of(
      tableOf((row, experiment) => (500 + 4 * row.tokens) * [1, 1.1, 2.5, 0.9][experiment]!),
      MODELS,
    );
    // Which model it is.
    const told = { ...table, columns: [table.columns[0]!, table.columns[1]!, modelColumn(table)] };
    const learned = programOf({ a: 1, b: 1, d: 1 }, '(c.a + c.b * batch.tokens) * (batch.kv > 2.5 ? c.d : 1)');
    const [plain, byHeart] = [line, learned].map((program) => evaluate(told, program, { holdOut: ['model'] }));
    expect(byHeart!.ownError!).toBeLessThan(0.8 * plain!.ownError!);
    expect(byHeart!.error).toBeGreaterThan(plain!.error);
  });

  it('does not follow constants that nothing tells', () => {
    const odd = programOf({ a: 1, b: 1, s: 1e60 }, 'c.a + c.b * batch.tokens + batch.requests / c.s');
    const plain = evaluate(recorded, line, { holdOut: ['model'] });
    expect(evaluate(recorded, odd, { holdOut: ['model'] }).error).toBeCloseTo(plain.error, 0);
  });

  it('are refused where there is one of them', () => {
    expect(refusalOf(() => evaluate(recorded, line, { holdOut: ['hardware'] }))).toMatchObject({
      code: 'evaluate.nothing-to-hold-out',
    });
  });
});

/** 1, 2 or 3 by the model of the row's experiment. */
function modelColumn({ experiments, y }: RegressionTable): Float64Array {
  const column = new Float64Array(y.length);
  for (const { rows, system } of experiments) {
    column.fill(['a', 'b', 'c'].indexOf(system!.model) + 1, rows.train[0], rows.test[1]);
  }
  return column;
}
