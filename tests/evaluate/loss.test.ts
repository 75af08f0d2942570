import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { differentiate, interpret } from '../../src/program/index.ts';
import { RowSetFitter } from '../../src/evaluate/row-set-fitter.ts';
import { type Layout, layoutTable } from '../../src/evaluate/layout.ts';
import type { RowSet } from '../../src/evaluate/row-writer.ts';
import { THOROUGH } from '../../src/evaluate/linear-fit.ts';
import { type RowSetData, rowSetData, LOSS_SCHEDULE, UNWEIGHTED } from '../../src/evaluate/loss.ts';
import type { LossForm } from '../../src/kernel/index.ts';
import { Model } from '../../src/kernel/model.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';
import { rowSetCost, rowSetNormalEquations } from './reference-loss.ts';
import { programOf, tableOf, withFloors } from './tables.ts';

const table = withFloors(
  tableOf((row) => 300 + 2 * row.tokens + 10 * row.requests, { noise: 0.3, rows: 60 }),
  2.2,
  0.01,
);
const layout: Layout = layoutTable(table, { scope: 'global', sampleRows: 100 }, createRandom(1));
const rowSet = layout.groups[0]?.penalised as RowSet;
function data(): RowSetData {
  return datas[0] as RowSetData;
}

const SHAPES = [
  ...(['e2e', 'mape'] as const).flatMap((objective) =>
    LOSS_SCHEDULE[objective].map((form, k) => [`${objective} ${k}`, form] as const),
  ),
  ['quadratic', UNWEIGHTED] as const,
];
const line = programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.tokens + c.d * batch.requests');
// The last point predicts many rows near and below zero, where the shortfall penalty acts.
const POINTS = [
  [300, 2, 10],
  [500, 1, 3],
  [-400, 3, -2],
].map((point) => Float64Array.from(point));

let sandbox: Sandbox;
beforeAll(() => {
  const rowSets = layout.groups.flatMap((group) => [group.penalised, group.sample, group.train]);
  datas = rowSets.map((each) => rowSetData(layout, each));
  sandbox = new Sandbox(layout, datas, 4, { memoryMb: 32, timeoutMs: 10_000 });
});
afterAll(() => sandbox.dispose());
let datas: readonly RowSetData[] = [];

function costOf(model: Model, x: Float64Array, at: RowSetData, form: LossForm): number {
  return model.costs([x], at, form)[0]?.cost ?? Number.NaN;
}

function reference(model: Model, at: RowSetData, form: LossForm, x: Float64Array) {
  const constants = Object.fromEntries(model.names.map((name, i) => [name, x[i] as number]));
  const graph = differentiate(model.program);
  const columns = graph.roots.map(() => new Float64Array(layout.rowCount));
  for (let row = 0; row < layout.rowCount; row++) {
    const features = Object.fromEntries(layout.features.map(({ name }, k) => [name, layout.columns[k]?.[row] ?? 0]));
    for (const [k, value] of interpret(graph, { features, constants }).entries())
      (columns[k] as Float64Array)[row] = value;
  }
  const [p, ...derivatives] = columns as [Float64Array, ...Float64Array[]];
  const jtj = new Float64Array(derivatives.length ** 2);
  const jtr = new Float64Array(derivatives.length);
  const cost = rowSetNormalEquations(at, form, p, derivatives, jtj, jtr);
  return { cost, jtj, jtr, p };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs((actual[i] as number) - (expected[i] as number))).toBeLessThanOrEqual(1e-11 * scale);
  }
}

describe.each(SHAPES)('a pass by the loss %s', (_name, form) => {
  it.each([
    ['a line', line, POINTS],
    [
      'a program with derivatives that are not finite',
      programOf(
        { a: 1, b: 1, d: 1 },
        'Math.max(c.a * batch.tokens, batch.requests) + c.d / (1 + Math.exp(c.b * batch.kv))',
      ),
      [Float64Array.of(2, 0.5, 900)],
    ],
  ])('sums what plain loops sum, for %s', (_what, program, points) => {
    const model = new Model(program, sandbox);
    for (const at of datas) {
      for (const x of points) {
        const expected = reference(model, at, form, x);
        const actual = model.sums(x, at, form);
        expectClose([actual.cost], [expected.cost]);
        expectClose([costOf(model, x, at, form)], [rowSetCost(at, form, expected.p)]);
        expectClose(actual.jtr, expected.jtr);
        expectClose(actual.jtj, expected.jtj);
      }
    }
    model.dispose();
  });

  it('has the gradient that finite differences have', () => {
    const model = new Model(line, sandbox);
    for (const x of POINTS) {
      const { jtr } = model.sums(x, data(), form);
      for (const [j, slope] of jtr.entries()) {
        const h = 1e-5 * (1 + Math.abs(x[j] as number));
        const at = (step: number): number =>
          costOf(
            model,
            x.map((value, k) => (k === j ? value + step : value)),
            data(),
            form,
          );
        expect(Math.abs(slope - (at(h) - at(-h)) / (2 * h))).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
      }
    }
    model.dispose();
  });
});

describe.each(['e2e', 'mape'] as const)('the closed form by %s', (objective) => {
  const schedule = LOSS_SCHEDULE[objective];
  const final = schedule.at(-1) as LossForm;

  it('is minimal: descent finds nothing lower', () => {
    const model = new Model(line, sandbox);
    const fitter = new RowSetFitter(model, data(), schedule);
    const fit = fitter.project(model.start, THOROUGH);
    const descended = fitter.descend(fit.constants, 200, 1e-12);
    expect(fit.cost - descended.cost).toBeLessThan(1e-4 * fit.cost);
    expect(fit.cost).toBeCloseTo(costOf(model, fit.constants, data(), final), 10);
    model.dispose();
  });

  it('treats what the linear constants are added to as known', () => {
    const offset = programOf(
      { a: 1, b: 1, d: 1 },
      'c.a + c.b * batch.tokens + c.d * batch.requests + 7 * batch.requests',
    );
    const [with7, without] = [offset, line].map((program) => {
      const model = new Model(program, sandbox);
      const { constants } = new RowSetFitter(model, data(), schedule).project(model.start, THOROUGH);
      model.dispose();
      return constants[2] as number;
    });
    expect((with7 ?? 0) + 7).toBeCloseTo(without ?? 0, 4);
  });

  it('is infinite where a prediction is not finite', () => {
    const model = new Model(programOf({ a: 1 }, 'c.a * Math.log(batch.kv - 5000)'), sandbox);
    expect(new RowSetFitter(model, data(), schedule).project(model.start, THOROUGH).cost).toBe(
      Number.POSITIVE_INFINITY,
    );
    model.dispose();
  });
});

describe('descent', () => {
  it('reaches the optimum of an independent solver, where all rows weigh the same', () => {
    const program = programOf({ a: 200, b: 3, d: 0.8 }, 'c.a + c.b * batch.tokens ** c.d');
    const model = new Model(program, sandbox);
    const at = datas[2] as RowSetData;
    const { constants } = new RowSetFitter(model, at, [UNWEIGHTED]).descend(model.start, 200, 1e-14);
    const rows = Array.from({ length: at.length }, (_, i) => i);
    const tokens = layout.columns[0] as Float64Array;
    const root = (i: number): number => Math.sqrt(at.rowWeights[i] as number);
    const independent = levenbergMarquardt(
      { x: rows, y: rows.map(root) },
      ([a = 0, b = 0, d = 0]: number[]) =>
        (i: number) =>
          (root(i) * (a + b * (tokens[at.start + i] as number) ** d)) / (at.y[i] as number),
      { initialValues: [200, 3, 0.8], maxIterations: 300, damping: 0.01, gradientDifference: 1e-4 },
    );
    const costs = [constants, Float64Array.from(independent.parameterValues)].map((x) =>
      costOf(model, x, at, UNWEIGHTED),
    );
    expect(costs[0]).toBeLessThanOrEqual((costs[1] ?? 0) * (1 + 1e-6));
    expect(costs[1]).toBeLessThan((costs[0] ?? 0) * 1.01);
    model.dispose();
  });
});

describe('passes that share the walk over the rows', () => {
  const programs = [
    line,
    programOf({ a: 1, b: 1, d: 1 }, 'c.a * Math.log1p(batch.tokens) + c.b'),
    programOf({ a: 1, b: 1, d: 1 }, 'c.a * Math.sqrt(batch.tokens - c.d) + c.b'),
  ];
  const names = ['a', 'b', 'd'];

  it.each(SHAPES)('give the bits of passes alone, whatever the other lanes are: %s', (_, form) => {
    const kernels = sandbox.compile(
      programs.map(({ graph }) => differentiate({ ...line, graph }, names)),
      names,
    );
    // More lanes than one walk takes, among them points without finite predictions and ones that kernels do not take.
    const points = [
      ...POINTS,
      Float64Array.of(1, 1, 1e9),
      Float64Array.of(1e200, 1, 1),
      Float64Array.of(1, Number.NaN, 1),
    ];
    const lanes = Array.from({ length: 230 }, (__, i) => ({
      kernel: kernels[i % kernels.length] as (typeof kernels)[number],
      constants: points[i % points.length] as Float64Array,
    }));
    for (const at of datas) {
      const alone = lanes.slice(0, 18).map((lane) => sandbox.passes([lane], at, form)[0]);
      const together = sandbox.passes(lanes, at, form);
      for (const [i, sums] of together.entries()) expect(sums).toEqual(alone[i % 18]);
    }
    sandbox.forget(kernels);
  });
});

describe('rowSetData', () => {
  const prepared = rowSetData(layout, rowSet);

  it('weighs experiments by their weights, rows of one experiment alike, probes not at all', () => {
    const sums = layout.groups[0]?.train.parts.map(({ rows: [start, end] }) =>
      prepared.rowWeights.subarray(start - prepared.start, end - prepared.start).reduce((a, b) => a + b, 0),
    );
    [1 / 6, 2 / 6, 1 / 6, 2 / 6].forEach((share, i) => expect(sums?.[i]).toBeCloseTo(share, 12));
    const probes = layout.groups[0]?.probes as readonly [number, number];
    expect(prepared.rowWeights.subarray(probes[0] - prepared.start).every((weight) => weight === 0)).toBe(true);
  });

  it('lets a scale factor be seen by every block', () => {
    const flat = layout.y.map((value) => 1.1 * value);
    const bias = prepared.blocks
      .filter(({ bound }) => bound === undefined)
      .map(({ start, end }) => {
        let sum = 0;
        for (let i = start; i < end; i++)
          sum += (prepared.biasWeights[i] ?? 0) * ((flat[prepared.start + i] ?? 0) - (prepared.y[i] ?? 0));
        return sum;
      });
    expect(bias).toHaveLength(20);
    for (const value of bias) expect(value).toBeCloseTo(0.1, 10);
  });
});
