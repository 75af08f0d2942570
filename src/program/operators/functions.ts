import {
  callLayout,
  expLayout,
  expm1Layout,
  fenceLayout,
  hypotLayout,
  type Layout,
  log1pLayout,
  rootLayout,
} from '../formula.ts';
import { absInterval, hypotIntervals, increasing, interval, isEmpty, NOTHING, type Interval } from '../interval.ts';
import type { Emitter, OpDefinition, OpName } from '../operator.ts';
import { call, nestedCall } from '../spelling.ts';
import { GO_LOG10, GO_LOG2 } from './go-helpers.ts';

type Function1 = (x: number) => number;

/** A function of one argument: `slope` gives f′(x), which the chain rule multiplies by the tangent of x. */
const unary = (
  name: string,
  go: string,
  f: Function1,
  range: (args: readonly Interval[]) => Interval,
  slope: (emit: Emitter, x: number, self: number) => number,
  formula: Layout = callLayout(name),
): OpDefinition => ({
  arity: 1,
  kind: 'function',
  commutative: false,
  evaluate: ([x = NaN]) => f(x),
  derivative: (emit, [x = 0], [dx = 0], self) =>
    emit.literal(dx) === 0 ? emit.number(0) : emit.op('mul', slope(emit, x, self), dx),
  interval: range,
  source: call(`Math.${name}`),
  javascript: call(`Math.${name}`),
  go: call(go),
  formula,
});

/** The tangent of whichever argument gave the result; the first one on a tie. */
const winner: OpDefinition['derivative'] = (emit, args, tangents, self) => {
  let result = tangents.at(-1) ?? emit.number(0);
  for (let i = args.length - 2; i >= 0; i--) {
    result = emit.op('select', emit.op('eq', args[i] ?? self, self), tangents[i] ?? result, result);
  }
  return result;
};

const extreme = (name: 'min' | 'max', pick: (...values: number[]) => number, go: string): OpDefinition => ({
  arity: 'many',
  kind: 'function',
  commutative: true,
  evaluate: (args) => pick(...args),
  derivative: winner,
  interval: (args) =>
    args.some(isEmpty)
      ? NOTHING
      : interval(
          pick(...args.map((a) => a.lo)),
          pick(...args.map((a) => a.hi)),
          args.some((a) => a.mayBeNaN),
        ),
  source: call(`Math.${name}`),
  javascript: call(`Math.${name}`),
  go: nestedCall(go),
  formula: callLayout(name),
});

const step = (name: 'floor' | 'ceil', f: Function1, go: string, fence: 'floor' | 'ceiling'): OpDefinition =>
  unary(name, go, f, increasing(f, -Infinity, true), (emit) => emit.number(0), fenceLayout(fence));

const over = (emit: Emitter, numerator: number, denominator: number): number =>
  emit.op('div', emit.number(numerator), denominator);

const clamp = (range: Interval, lo: number, hi: number): Interval =>
  interval(Math.max(range.lo, lo), Math.min(range.hi, hi), range.mayBeNaN);

export type FunctionName = Extract<
  OpName,
  | 'min'
  | 'max'
  | 'abs'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'log2'
  | 'log10'
  | 'hypot'
  | 'tanh'
  | 'floor'
  | 'ceil'
>;

export const FUNCTIONS: Readonly<Record<FunctionName, OpDefinition>> = {
  min: extreme('min', Math.min, 'math.Min'),
  max: extreme('max', Math.max, 'math.Max'),
  abs: {
    arity: 1,
    kind: 'function',
    commutative: false,
    evaluate: ([x = NaN]) => Math.abs(x),
    derivative: (emit, [x = 0], [dx = 0]) =>
      emit.op('select', emit.op('lt', x, emit.number(0)), emit.op('neg', dx), dx),
    interval: ([a = NOTHING]) => absInterval(a),
    source: call('Math.abs'),
    javascript: call('Math.abs'),
    go: call('math.Abs'),
    formula: fenceLayout('bars'),
  },
  // Roots have an infinite slope at 0, where features often are; it counts as 0 there, so that a fit is not poisoned.
  sqrt: unary(
    'sqrt',
    'math.Sqrt',
    Math.sqrt,
    increasing(Math.sqrt, 0, true),
    (emit, _x, self) => {
      const zero = emit.number(0);
      return emit.op('select', emit.op('gt', self, zero), over(emit, 0.5, self), zero);
    },
    rootLayout(2),
  ),
  cbrt: unary(
    'cbrt',
    'math.Cbrt',
    Math.cbrt,
    increasing(Math.cbrt),
    (emit, _x, self) => {
      const zero = emit.number(0);
      const square = emit.op('mul', self, self);
      return emit.op('select', emit.op('eq', self, zero), zero, over(emit, 1, emit.op('mul', emit.number(3), square)));
    },
    rootLayout(3),
  ),
  exp: unary('exp', 'math.Exp', Math.exp, increasing(Math.exp), (_emit, _x, self) => self, expLayout),
  expm1: unary(
    'expm1',
    'math.Expm1',
    Math.expm1,
    increasing(Math.expm1),
    (emit, _x, self) => emit.op('add', self, emit.number(1)),
    expm1Layout,
  ),
  log: unary('log', 'math.Log', Math.log, increasing(Math.log, 0), (emit, x) => over(emit, 1, x), callLayout('ln')),
  log1p: unary(
    'log1p',
    'math.Log1p',
    Math.log1p,
    increasing(Math.log1p, -1),
    (emit, x) => over(emit, 1, emit.op('add', emit.number(1), x)),
    log1pLayout,
  ),
  log2: unary(
    'log2',
    GO_LOG2.name,
    Math.log2,
    increasing(Math.log2, 0),
    (emit, x) => over(emit, Math.LOG2E, x),
    callLayout('log', 2),
  ),
  log10: unary(
    'log10',
    GO_LOG10.name,
    Math.log10,
    increasing(Math.log10, 0),
    (emit, x) => over(emit, Math.LOG10E, x),
    callLayout('log', 10),
  ),
  hypot: {
    arity: 'many',
    kind: 'function',
    commutative: true,
    evaluate: (args) => Math.hypot(...args),
    derivative: (emit, args, tangents, self) => {
      const zero = emit.number(0);
      const terms = args.map((arg, i) => {
        const tangent = tangents[i] ?? zero;
        if (emit.literal(tangent) === 0) return zero;
        const share = emit.op('select', emit.op('gt', self, zero), emit.op('div', arg, self), zero);
        return emit.op('mul', share, tangent);
      });
      return terms.reduce((sum, term) => emit.op('add', sum, term));
    },
    interval: hypotIntervals,
    source: call('Math.hypot'),
    javascript: call('Math.hypot'),
    go: nestedCall('math.Hypot'),
    formula: hypotLayout,
  },
  tanh: unary(
    'tanh',
    'math.Tanh',
    Math.tanh,
    (args) => clamp(increasing(Math.tanh)(args), -1, 1),
    (emit, _x, self) => emit.op('sub', emit.number(1), emit.op('mul', self, self)),
  ),
  floor: step('floor', Math.floor, 'math.Floor', 'floor'),
  ceil: step('ceil', Math.ceil, 'math.Ceil', 'ceiling'),
};
