import { infixNotation, type Sign } from '../formula.ts';
import { EITHER, FALSE, hull, type Interval, isEmpty, NOTHING, TRUE } from '../interval.ts';
import type { ComparisonName, OpName } from '../op-name.ts';
import type { Operation } from '../operation.ts';
import { infix, plain } from '../spelling.ts';
import { bends, everywhere, never, passesNothing } from './columns.ts';
import { LIMIT, OFFSET, STOPS } from './grammar-role.ts';

/** What is known of a comparison for numbers inside two intervals: true for all pairs, for none, or neither. */
type Verdict = (a: Interval, b: Interval) => Interval;

function verdict(always: boolean, isNever: boolean): Interval {
  return always ? TRUE : isNever ? FALSE : EITHER;
}
const less: Verdict = (a, b) => verdict(a.hi < b.lo, a.lo >= b.hi);
const atMost: Verdict = (a, b) => verdict(a.hi <= b.lo, a.lo > b.hi);
const same: Verdict = (a, b) => verdict(a.lo === a.hi && b.lo === b.hi && a.lo === b.lo, a.hi < b.lo || b.hi < a.lo);
const unequal: Verdict = (a, b) => {
  const { lo, hi } = same(a, b);
  return { lo: 1 - hi, hi: 1 - lo, mayBeNaN: false };
};

interface Comparison extends Pick<Operation, 'commutative' | 'symbols' | 'mirrorOf'> {
  readonly test: (a: number, b: number) => boolean;
  readonly ofNumbers: Verdict;
  readonly go: Sign;
  /** Precedence in JavaScript. */
  readonly precedence: number;
  readonly isWritten: boolean;
  readonly kindred: readonly OpName[];
  readonly constants: Pick<Operation['grammar'], 'constantSuffix' | 'constantName'>;
}

function comparison(columns: Comparison): Operation {
  const { test, ofNumbers, go, precedence, isWritten, kindred, constants, symbols } = columns;
  const withNaN = test(NaN, NaN) ? TRUE : FALSE;
  const symbol = symbols[0] ?? go;
  return {
    arity: 2,
    kind: 'comparison',
    commutative: columns.commutative,
    symbols,
    isMathFunction: false,
    numberAt: undefined,
    evaluate: ([a = NaN, b = NaN]) => (test(a, b) ? 1 : 0),
    isExact: true,
    interval: ([a = NOTHING, b = NOTHING]) => {
      if (isEmpty(a) || isEmpty(b)) return withNaN;
      const numbers = ofNumbers(a, b);
      return a.mayBeNaN || b.mayBeNaN ? hull(numbers, withNaN) : numbers;
    },
    derivative: (emit) => emit.number(0),
    tangent: 'multiplied',
    continuity: 'steps',
    dependence: bends,
    notices: passesNothing,
    domain: everywhere,
    whole: never,
    zeroOrMore: never,
    unitPower: undefined,
    rewrite: undefined,
    chain: undefined,
    nesting: 'apart',
    sides: undefined,
    mirrorOf: columns.mirrorOf,
    source: infix(symbol, precedence),
    javascript: plain(infix(symbol, precedence)),
    go: plain(infix(go, 3)),
    python: infix(go, 3),
    formula: infixNotation(go, precedence),
    grammar: { isWritten, draws: {}, kindred, ...STOPS, ...constants },
  };
}

const ORDER = { commutative: false, precedence: 10, isWritten: true, constants: LIMIT } as const;
const EQUALITY = {
  commutative: true,
  mirrorOf: undefined,
  precedence: 9,
  isWritten: false,
  kindred: [],
  constants: OFFSET,
} as const;

export const COMPARISONS: Readonly<Record<ComparisonName, Operation>> = {
  lt: comparison({
    ...ORDER,
    symbols: ['<'],
    go: '<',
    test: (a, b) => a < b,
    ofNumbers: less,
    mirrorOf: undefined,
    kindred: ['le', 'gt', 'ge'],
  }),
  le: comparison({
    ...ORDER,
    symbols: ['<='],
    go: '<=',
    test: (a, b) => a <= b,
    ofNumbers: atMost,
    mirrorOf: undefined,
    kindred: ['lt', 'gt', 'ge'],
  }),
  gt: comparison({
    ...ORDER,
    symbols: ['>'],
    go: '>',
    test: (a, b) => a > b,
    ofNumbers: (a, b) => less(b, a),
    mirrorOf: 'lt',
    kindred: ['lt', 'le', 'ge'],
  }),
  ge: comparison({
    ...ORDER,
    symbols: ['>='],
    go: '>=',
    test: (a, b) => a >= b,
    ofNumbers: (a, b) => atMost(b, a),
    mirrorOf: 'le',
    kindred: ['lt', 'le', 'gt'],
  }),
  eq: comparison({ ...EQUALITY, symbols: ['===', '=='], go: '==', test: (a, b) => a === b, ofNumbers: same }),
  ne: comparison({ ...EQUALITY, symbols: ['!==', '!='], go: '!=', test: (a, b) => a !== b, ofNumbers: unequal }),
};
