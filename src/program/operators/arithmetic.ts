import { fractionLayout, infixLayout, powerLayout, prefixLayout } from '../formula.ts';
import {
  addIntervals,
  divideIntervals,
  type Interval,
  multiplyIntervals,
  negateInterval,
  NOTHING,
  powIntervals,
} from '../interval.ts';
import type { OpDefinition, OpName } from '../operator.ts';
import { call, infix, infixRight, prefix, smallPower } from '../spelling.ts';

/** Precedences of JavaScript (12 additive, 13 multiplicative, 14 power, 15 sign) and of Go (4, 5, no power, 6). */
const pair =
  (rule: (a: Interval, b: Interval) => Interval) =>
  ([a = NOTHING, b = NOTHING]: readonly Interval[]): Interval =>
    rule(a, b);

export type ArithmeticName = Extract<OpName, 'add' | 'sub' | 'mul' | 'div' | 'neg' | 'pow'>;

export const ARITHMETIC: Readonly<Record<ArithmeticName, OpDefinition>> = {
  add: {
    arity: 2,
    kind: 'arithmetic',
    commutative: true,
    evaluate: ([a = NaN, b = NaN]) => a + b,
    derivative: (emit, _args, [da = 0, db = 0]) => emit.op('add', da, db),
    interval: pair(addIntervals),
    source: infix('+', 12),
    javascript: infix('+', 12),
    go: infix('+', 4),
    formula: infixLayout('+', 12),
  },
  sub: {
    arity: 2,
    kind: 'arithmetic',
    commutative: false,
    evaluate: ([a = NaN, b = NaN]) => a - b,
    derivative: (emit, _args, [da = 0, db = 0]) => emit.op('sub', da, db),
    interval: pair((a, b) => addIntervals(a, negateInterval(b))),
    source: infix('-', 12),
    javascript: infix('-', 12),
    go: infix('-', 4),
    formula: infixLayout('-', 12),
  },
  mul: {
    arity: 2,
    kind: 'arithmetic',
    commutative: true,
    evaluate: ([a = NaN, b = NaN]) => a * b,
    derivative: (emit, [a = 0, b = 0], [da = 0, db = 0]) =>
      emit.op('add', emit.op('mul', da, b), emit.op('mul', a, db)),
    interval: pair(multiplyIntervals),
    source: infix('*', 13),
    javascript: infix('*', 13),
    go: infix('*', 5),
    formula: infixLayout('*', 13),
  },
  div: {
    arity: 2,
    kind: 'arithmetic',
    commutative: false,
    evaluate: ([a = NaN, b = NaN]) => a / b,
    derivative: (emit, [, b = 0], [da = 0, db = 0], self) =>
      emit.op('div', emit.op('sub', da, emit.op('mul', self, db)), b),
    interval: pair(divideIntervals),
    source: infix('/', 13),
    javascript: infix('/', 13),
    go: infix('/', 5),
    formula: fractionLayout,
  },
  neg: {
    arity: 1,
    kind: 'arithmetic',
    commutative: false,
    evaluate: ([a = NaN]) => -a,
    derivative: (emit, _args, [da = 0]) => emit.op('neg', da),
    interval: ([a = NOTHING]) => negateInterval(a),
    source: prefix('-', 15),
    javascript: prefix('-', 15),
    go: prefix('-', 6),
    formula: prefixLayout('-', 12),
  },
  pow: {
    arity: 2,
    kind: 'arithmetic',
    commutative: false,
    // Squares and cubes are products in every printer, so they are products here.
    evaluate: ([x = NaN, y = NaN]) => (y === 2 ? x * x : y === 3 ? x * x * x : x ** y),
    derivative: (emit, [x = 0, y = 0], [dx = 0, dy = 0], self) => {
      const zero = emit.number(0);
      const exponent = emit.literal(y);
      const slope = emit.op('mul', y, emit.op('pow', x, emit.op('sub', y, emit.number(1))));
      // At a base of 0 the slope of a root is infinite and the base's own tangent mostly 0: their product counts as 0.
      const byBase =
        emit.literal(dx) === 0
          ? zero
          : exponent !== undefined && exponent >= 1
            ? emit.op('mul', slope, dx)
            : emit.op('select', emit.op('eq', x, zero), zero, emit.op('mul', slope, dx));
      if (emit.literal(dy) === 0) return byBase;
      const growth = emit.op('mul', emit.op('mul', self, emit.op('log', x)), dy);
      return emit.op('add', byBase, emit.op('select', emit.op('gt', x, zero), growth, zero));
    },
    interval: pair(powIntervals),
    source: infixRight('**', 14, 16),
    javascript: smallPower(13, call('pow')),
    go: smallPower(5, call('math.Pow')),
    formula: powerLayout,
  },
};
