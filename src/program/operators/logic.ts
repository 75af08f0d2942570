import { casesLayout, infixLayout, prefixLayout, type Sign } from '../formula.ts';
import { EITHER, FALSE, hull, type Interval, isEmpty, NOTHING, TRUE } from '../interval.ts';
import type { OpDefinition, OpName } from '../operator.ts';
import { infix, prefix, ternary } from '../spelling.ts';

/** What is known of a comparison for numbers inside two intervals: true for all pairs, for none, or neither. */
type Verdict = (a: Interval, b: Interval) => Interval;

const flat: OpDefinition['derivative'] = (emit) => emit.number(0);

const verdict = (always: boolean, never: boolean): Interval => (always ? TRUE : never ? FALSE : EITHER);

interface Symbols {
  readonly source: string;
  readonly go: string;
  readonly js: number;
  readonly goLevel: number;
  readonly sign: Sign;
}

const comparison = (
  symbol: Symbols,
  test: (a: number, b: number) => boolean,
  commutative: boolean,
  ofNumbers: Verdict,
): OpDefinition => {
  const withNaN = test(NaN, NaN) ? TRUE : FALSE;
  return {
    arity: 2,
    kind: 'comparison',
    commutative,
    evaluate: ([a = NaN, b = NaN]) => (test(a, b) ? 1 : 0),
    derivative: flat,
    interval: ([a = NOTHING, b = NOTHING]) => {
      if (isEmpty(a) || isEmpty(b)) return withNaN;
      const numbers = ofNumbers(a, b);
      return a.mayBeNaN || b.mayBeNaN ? hull(numbers, withNaN) : numbers;
    },
    source: infix(symbol.source, symbol.js),
    javascript: infix(symbol.source, symbol.js),
    go: infix(symbol.go, symbol.goLevel),
    formula: infixLayout(symbol.sign, symbol.js),
  };
};

const order = (symbol: '<' | '<=' | '>' | '>='): Symbols => ({
  source: symbol,
  go: symbol,
  js: 10,
  goLevel: 3,
  sign: symbol,
});
const equality = (source: string, go: '==' | '!='): Symbols => ({ source, go, js: 9, goLevel: 3, sign: go });

const less: Verdict = (a, b) => verdict(a.hi < b.lo, a.lo >= b.hi);
const atMost: Verdict = (a, b) => verdict(a.hi <= b.lo, a.lo > b.hi);
const same: Verdict = (a, b) => verdict(a.lo === a.hi && b.lo === b.hi && a.lo === b.lo, a.hi < b.lo || b.hi < a.lo);
const opposite = (a: Interval): Interval => ({ lo: 1 - a.hi, hi: 1 - a.lo, mayBeNaN: false });

export type LogicName = Extract<OpName, 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne' | 'and' | 'or' | 'not' | 'select'>;

export const LOGIC: Readonly<Record<LogicName, OpDefinition>> = {
  lt: comparison(order('<'), (a, b) => a < b, false, less),
  le: comparison(order('<='), (a, b) => a <= b, false, atMost),
  gt: comparison(
    order('>'),
    (a, b) => a > b,
    false,
    (a, b) => less(b, a),
  ),
  ge: comparison(
    order('>='),
    (a, b) => a >= b,
    false,
    (a, b) => atMost(b, a),
  ),
  eq: comparison(equality('===', '=='), (a, b) => a === b, true, same),
  ne: comparison(
    equality('!==', '!='),
    (a, b) => a !== b,
    true,
    (a, b) => opposite(same(a, b)),
  ),
  and: {
    arity: 2,
    kind: 'logical',
    commutative: true,
    evaluate: ([a = 0, b = 0]) => (a !== 0 && b !== 0 ? 1 : 0),
    derivative: flat,
    interval: ([a = EITHER, b = EITHER]) => ({ lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi), mayBeNaN: false }),
    source: infix('&&', 5),
    javascript: infix('&&', 5),
    go: infix('&&', 2),
    formula: infixLayout('and', 5),
  },
  or: {
    arity: 2,
    kind: 'logical',
    commutative: true,
    evaluate: ([a = 0, b = 0]) => (a !== 0 || b !== 0 ? 1 : 0),
    derivative: flat,
    interval: ([a = EITHER, b = EITHER]) => ({ lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi), mayBeNaN: false }),
    source: infix('||', 4),
    javascript: infix('||', 4),
    go: infix('||', 1),
    formula: infixLayout('or', 4),
  },
  not: {
    arity: 1,
    kind: 'logical',
    commutative: false,
    evaluate: ([a = 0]) => (a === 0 ? 1 : 0),
    derivative: flat,
    interval: ([a = EITHER]) => opposite(a),
    source: prefix('!', 15),
    javascript: prefix('!', 15),
    go: prefix('!', 6),
    formula: prefixLayout('not', 15),
  },
  select: {
    arity: 3,
    kind: 'select',
    commutative: false,
    evaluate: ([condition = 0, yes = NaN, no = NaN]) => (condition !== 0 ? yes : no),
    derivative: (emit, [condition = 0], [, yes = 0, no = 0]) =>
      yes === no ? yes : emit.op('select', condition, yes, no),
    interval: ([condition = EITHER, yes = NOTHING, no = NOTHING]) =>
      condition.lo > 0 ? yes : condition.hi < 1 ? no : hull(yes, no),
    source: ternary(2),
    javascript: ternary(2),
    go: 'statement',
    formula: casesLayout,
  },
};
