import { afterEach, describe, expect, it } from 'vitest';
import type { RegressionTable } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import type { Program } from '../../src/program/index.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { CONVERGED } from '../../src/evaluate/linear-fit.ts';
import { groupData, LOSS_SCHEDULE, UNWEIGHTED } from '../../src/evaluate/loss.ts';
import { REQUEST_BIAS } from '../../src/evaluate/observed-loss.ts';
import { observedPart, predictObserved, rowsNeeded } from '../../src/evaluate/observed-part.ts';
import { Passes } from '../../src/evaluate/passes.ts';
import { GroupRefit } from '../../src/evaluate/refit.ts';
import { RowSetFitter } from '../../src/evaluate/row-set-fitter.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import { standardErrors } from '../../src/evaluate/standard-errors.ts';
import type { LossForm } from '../../src/kernel/index.ts';
import { Model } from '../../src/kernel/model.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';
import { type Law, observedTable, type ObservedOptions } from './observed-tables.ts';
import { programOf } from './tables.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

/** One experiment of five rows whose steps were not measured; predicted at 1, 2, 4, 8 and 16 µs a step by `c.a * batch.x`. */
function handMade(): RegressionTable {
  const ones = new Float64Array(5).fill(1);
  return {
    features: [{ name: 'x', unit: 'tokens', meaning: 'x', range: [0, 100] }],
    columns: [Float64Array.of(1, 2, 4, 8, 16)],
    y: Float64Array.of(1, 2, 4, 8, 16),
    weights: { e2e: ones, ttft: ones, itl: ones },
    experiments: [
      {
        id: 'e',
        model: 'm',
        workload: 'w',
        tp: 1,
        modelKey: 'm-tp1',
        weight: 1,
        rows: { train: [0, 3], valid: [3, 5], test: [5, 5] },
        observations: { train: [0, 3], valid: [3, 5], test: [5, 5] },
      },
    ],
    steps: Float64Array.of(1, 3, 2, 1, 1),
    observations: {
      kind: Uint8Array.of(0, 1, 2, 2, 1),
      start: Int32Array.of(0, 0, 1, 1, 3),
      head: Float64Array.of(0.25, 0, 1.5, 3, 0),
      end: Int32Array.of(1, 3, 3, 4, 5),
      y: Float64Array.of(0.5, 7, 11, 11, 10),
      tokens: Float64Array.of(1, 5, 6, 6, 2),
    },
  };
}

describe('sums over a schedule, worked by hand', () => {
  const table = handMade();
  const prices = Float64Array.of(1, 2, 4, 8, 16);

  it('count the head of the first row and all steps of the others', () => {
    const train = observedPart(table, 0, 'train', 0)!;
    expect(train.kinds.map(({ kind }) => kind)).toEqual(['e2e', 'itl', 'ttft']);
    // 1.5·2 + 2·4, 3·2 + 2·4, 0.25·1.
    expect([...predictObserved(train, prices, table.steps, [0, 3])]).toEqual([11, 14, 0.25]);
    expect([...train.y]).toEqual([11, 7, 0.5]);
  });

  it('divide the time between tokens by its steps', () => {
    const { perToken, kinds } = observedPart(table, 0, 'train', 0)!;
    expect([...perToken]).toEqual([1, 1 / 5, 1]);
    for (const [i, mean] of [11, 7 / 5, 0.5].entries()) expect(kinds[i]!.mean).toBeCloseTo(mean, 12);
  });

  it('may begin in rows of the split before', () => {
    expect(rowsNeeded(table, 0, 'valid')).toEqual([1, 5]);
    expect(rowsNeeded(table, 0, 'test')).toEqual([0, 0]);
    const layout = layoutTable(table, { scope: 'global', sampleRows: 100 }, createRandom(1));
    const [part] = layout.groups[0]!.valid.parts;
    expect([...layout.y.subarray(...part!.rows)]).toEqual([2, 4, 8, 16]);
    // 3·2 + 2·4 + 1·8, 16.
    expect([...predictObserved(part!.observed!, layout.y, layout.steps, part!.rows)]).toEqual([22, 16]);
  });

  it('have the loss of their relative residuals, each kind by its weight', () => {
    const { model, data } = compile(table, programOf({ a: 1 }, 'c.a * batch.x'));
    const { cost, jtj, jtr } = new Passes(model, data.train).sums(Float64Array.of(1), UNWEIGHTED);
    // Residuals 0, 14/7 − 1 = 1 and 0.25/0.5 − 1 = −0.5 with weights 1, 1 and 0.3 of 2.3.
    expect(cost).toBeCloseTo((0.5 * (1 + 0.3 * 0.25)) / 2.3, 12);
    // Their derivatives are the predictions over the targets: 1, 2, 0.5.
    expect(jtj[0]).toBeCloseTo((1 + 4 + 0.3 * 0.25) / 2.3, 12);
    expect(jtr[0]).toBeCloseTo((2 - 0.3 * 0.25) / 2.3, 12);
  });

  it('have a bias for each kind and block of time', () => {
    const { model, data } = compile(table, programOf({ a: 1 }, 'c.a * batch.x'));
    const passes = new Passes(model, data.train);
    const cost = (biasWeight: number): number =>
      passes.costs([Float64Array.of(1)], { ...UNWEIGHTED, biasWeight })[0]!.cost;
    expect(cost(2) - cost(0)).toBeCloseTo((0.5 * 2 * REQUEST_BIAS * (1 + 0.3 * 0.25)) / 2.3, 10);
  });
});

function compile(table: RegressionTable, program: Program) {
  const layout = layoutTable(table, { scope: 'global', sampleRows: 300 }, createRandom(1));
  const data = groupData(layout, layout.groups[0]!);
  const rowSets = [data.sample, data.penalised, data.train, ...(data.middle === undefined ? [] : [data.middle])];
  const sandbox = new Sandbox(layout, rowSets, program.constants.length + 1, DEFAULT_EVALUATE_SETTINGS);
  sandboxes.push(sandbox);
  return { layout, data, model: new Model(program, sandbox) };
}

/** Times of single steps that the table claims are a third too long: what is recovered came from the requests. */
function compileServed(law: Law, program: Program, options: ObservedOptions = {}) {
  return compile(observedTable(law, { estimate: 4 / 3, ...options }), program);
}

const line: Law = ({ prefillTokens, requests, context }) => 4000 + 20 * prefillTokens + 50 * requests + 0.1 * context;
const LINE = programOf(
  { o: 1, p: 1, r: 1, k: 1 },
  'c.o + c.p * batch.prefillTokens + c.r * batch.requests + c.k * batch.context',
);
const LINE_TRUTH = [4000, 20, 50, 0.1];
const bound: Law = ({ prefillTokens, requests, context }) =>
  Math.max(9 * prefillTokens, 2000 + 0.5 * context) + 800 + 30 * requests;
const BOUND = programOf(
  { p: 4, m: 3000, k: 2, o: 100, r: 10 },
  'Math.max(c.p * batch.prefillTokens, c.m + c.k * batch.context) + c.o + c.r * batch.requests',
);

function distance(found: Float64Array, truth: readonly number[]): number {
  return Math.max(...truth.map((value, i) => Math.abs(found[i]! / value - 1)));
}

describe.each([1, 64])('requests served in rows of up to %i equal steps', (equalSteps) => {
  it('have the sums of their steps, whatever the split', () => {
    const table = observedTable(line, { equalSteps, experiments: 2 });
    const { layout, model } = compile(table, LINE);
    const truth = Float64Array.from(LINE_TRUTH);
    for (const split of ['train', 'valid', 'test'] as const) {
      const { rows, parts } = layout.groups[0]![split];
      const p = model.predict(truth, rows).slice();
      for (const { observed, rows: own } of parts) {
        const sums = predictObserved(observed!, p, layout.steps, own);
        for (const [i, sum] of sums.entries()) expect(sum / observed!.y[i]! - 1).toBeCloseTo(0, 9);
      }
    }
  });

  it.each(['e2e', 'mape', 'replay'] as const)('give a linear law back by %s: closed form and descent', (objective) => {
    const { model, data } = compileServed(line, LINE, { equalSteps });
    const fitter = new RowSetFitter(model, data.penalised, LOSS_SCHEDULE[objective]);
    expect(distance(fitter.project(model.start, CONVERGED).constants, LINE_TRUTH)).toBeLessThan(1e-6);
    const near = Float64Array.from(LINE_TRUTH, (value, i) => value * (1 + 0.1 * (i - 1)));
    expect(distance(fitter.descend(near, 200, 1e-14).constants, LINE_TRUTH)).toBeLessThan(1e-6);
  });

  it('give a law with a maximum back through all stages', () => {
    const { model, data } = compileServed(bound, BOUND, { equalSteps, experiments: 2 });
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, objective: 'replay' as const };
    const refit = new GroupRefit(model, data, settings, createRandom(2));
    refit.screen();
    refit.explore();
    refit.search();
    refit.widen();
    const { constants, cost } = refit.finish();
    expect(cost).toBeLessThan(1e-10);
    const [p, m, k, o, r] = constants as unknown as [number, number, number, number, number];
    // The two constant parts are known by their sum where memory bounds the step, and by the second where compute does.
    expect(distance(Float64Array.of(p, m, k, o, r), [9, 2000, 0.5, 800, 30])).toBeLessThan(1e-5);
  });
});

describe('the loss of a group with recorded steps and with requests', () => {
  const options = { experiments: 3, recorded: [1], noise: 0.2 } as const;
  const points = [LINE_TRUTH, [3000, 30, 10, 0.3], [-5000, 10, 4, -0.1]].map((point) => Float64Array.from(point));
  const ofBound = [
    [9, 2000, 0.5, 800, 30],
    [20, 3000, 0.1, 300, 60],
    [20, -9000, 0.1, -800, 10],
  ].map((point) => Float64Array.from(point));

  it('is the sum of both by their shares', () => {
    const table = observedTable(line, options);
    const { model, data } = compile(table, LINE);
    const alone = table.experiments.map((experiment) => compile({ ...table, experiments: [experiment] }, LINE));
    const form: LossForm = { ...LOSS_SCHEDULE.e2e[0]!, penalty: false };
    const together = new Passes(model, data.penalised).costs(points.slice(0, 2), form);
    const each = alone.map((one) => new Passes(one.model, one.data.penalised).costs(points.slice(0, 2), form));
    for (const [i, { cost }] of together.entries()) {
      expect(cost).toBeCloseTo((each[0]![i]!.cost + each[1]![i]!.cost + each[2]![i]!.cost) / 3, 12);
    }
  });

  it.each([
    ['all', LINE],
    ['all', BOUND],
    ['linear', LINE],
    ['linear', BOUND],
  ] as const)('has the derivatives of finite differences by %s constants', (by, program) => {
    const { model, data } = compile(observedTable(line, options), program);
    const passes = new Passes(model, data.penalised);
    const indices = by === 'all' ? model.names.map((_, i) => i) : model.linear;
    for (const form of [...LOSS_SCHEDULE.e2e, ...LOSS_SCHEDULE.mape]) {
      for (const point of program === LINE ? points : ofBound) {
        const { cost, jtr, jtj } = by === 'all' ? passes.sums(point, form) : passes.linearSums([point], form)[0]!;
        expect(cost).toBeCloseTo(passes.costs([point], form)[0]!.cost, 9);
        for (const [j, index] of indices.entries()) {
          const step = 1e-5 * Math.max(1, Math.abs(point[index]!));
          const at = (sign: number): number => {
            const moved = point.slice();
            moved[index]! += sign * step;
            return passes.costs([moved], form)[0]!.cost;
          };
          const slope = (at(1) - at(-1)) / (2 * step);
          const scale = Math.sqrt(jtj[j * indices.length + j]! * Math.max(cost, 1e-3));
          expect(Math.abs(jtr[j]! - slope)).toBeLessThanOrEqual(1e-4 * scale);
        }
      }
    }
  });

  it('punishes predictions far below the steps of a schedule', () => {
    const { model, data } = compile(observedTable(line, options), LINE);
    const passes = new Passes(model, data.penalised);
    const [form] = LOSS_SCHEDULE.e2e;
    const cost = (point: Float64Array, penalty: boolean): number =>
      passes.costs([point], { ...form!, penalty })[0]!.cost;
    expect(cost(points[0]!, true)).toBe(cost(points[0]!, false));
    expect(cost(points[2]!, true)).toBeGreaterThan(cost(points[2]!, false) + 1);
  });

  it('has the same bits whatever was asked before', () => {
    const { model, data } = compile(observedTable(line, options), BOUND);
    const passes = new Passes(model, data.penalised);
    const [form] = LOSS_SCHEDULE.e2e;
    const moved = ofBound.map((point, i) =>
      point.map((value, j) => (model.linear.includes(j) ? value + i + 1 : value)),
    );
    const alone = (point: Float64Array) => {
      passes.sums(point, form!);
      return passes.linearSums([point], form!)[0];
    };
    const all = [...ofBound, ...moved, ...moved.map((point) => point.slice())];
    expect(passes.linearSums(all, form!)).toEqual(all.map(alone));
    const near = [ofBound[0]!, moved[0]!, ofBound[0]!];
    expect(passes.linearSums(near, form!)).toEqual(near.map(alone));
  });

  it('takes more constants than there usually are', () => {
    const names = 'abcdefghijkl'.split('');
    const sum = names.map((name, i) => `c.${name} * Math.min(batch.requests, ${i})`).join(' + ');
    const program = programOf(Object.fromEntries(names.map((name) => [name, 100])), `${sum} + batch.context`);
    const { model, data } = compile(observedTable(line, options), program);
    const { jtj, jtr } = new Passes(model, data.train).sums(model.start, LOSS_SCHEDULE.e2e[0]!);
    expect([jtj.length, jtr.length]).toEqual([144, 12]);
    expect(jtr[11]).not.toBe(0);
  });

  it('is no finite number where a prediction is no number', () => {
    const program = programOf({ a: 1 }, 'Math.log(c.a) * batch.requests + batch.context');
    const { model, data } = compile(observedTable(line, options), program);
    expect(new Passes(model, data.train).costs([Float64Array.of(-1)], UNWEIGHTED)[0]!.cost).not.toBeLessThan(Infinity);
  });

  it('counts derivatives that are not finite as 0', () => {
    const program = programOf({ a: 1, b: 1 }, 'c.a * batch.requests + Math.sqrt(c.b * batch.prefillTokens) + 100');
    const { model, data } = compile(observedTable(line, { experiments: 1 }), program);
    // √0 at steps without prompt tokens has an infinite slope times 0, which is no number.
    const { jtr, jtj } = new Passes(model, data.train).sums(Float64Array.of(10, 0), LOSS_SCHEDULE.e2e[0]!);
    expect([...jtr, ...jtj].every(Number.isFinite)).toBe(true);
  });
});

describe('standard errors on requests', () => {
  it('have the size of the scatter over repeated logs', () => {
    const found = Array.from({ length: 30 }, (_, seed) => {
      const { model, data } = compileServed(line, LINE, { noise: 0.05, seed, requests: 100 });
      const fitter = new RowSetFitter(model, data.train, LOSS_SCHEDULE.e2e);
      const { constants } = fitter.project(model.start, CONVERGED);
      return { slope: constants[1]!, error: standardErrors(fitter, constants)[1]! };
    });
    const mean = found.reduce((sum, { slope }) => sum + slope, 0) / found.length;
    const scatter = Math.sqrt(found.reduce((sum, { slope }) => sum + (slope - mean) ** 2, 0) / (found.length - 1));
    const error = found.reduce((sum, each) => sum + each.error, 0) / found.length;
    expect(mean / 20 - 1).toBeCloseTo(0, 1);
    expect(error / scatter).toBeGreaterThan(0.4);
    expect(error / scatter).toBeLessThan(2.5);
  });
});
