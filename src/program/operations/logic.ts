import { casesNotation, infixNotation, prefixNotation } from '../formula.ts';
import { EITHER, hull, NOTHING } from '../interval.ts';
import type { LogicName } from '../op-name.ts';
import type { Operation } from '../operation.ts';
import { call, infix, plain, prefix, ternary } from '../spelling.ts';
import { bends, CURVED, everywhere, greatest, INDEPENDENT, never, passesNothing } from './columns.ts';
import { OFFSET, STOPS, TO_BRANCHES } from './grammar-role.ts';
import { rewriteLogical, rewriteNot, rewriteSelect } from './logic-rules.ts';

/** What logical operations share: they take and give conditions, which have no slope, unit or size. */
const LOGICAL = {
  kind: 'logical',
  isMathFunction: false,
  numberAt: undefined,
  isExact: true,
  derivative: (emit) => emit.number(0),
  tangent: 'multiplied',
  continuity: 'steps',
  dependence: bends,
  notices: passesNothing,
  domain: everywhere,
  whole: never,
  zeroOrMore: never,
  unitPower: undefined,
  chain: undefined,
  nesting: 'apart',
  sides: undefined,
  mirrorOf: undefined,
} as const satisfies Partial<Operation>;

export const LOGIC: Readonly<Record<LogicName, Operation>> = {
  and: {
    ...LOGICAL,
    arity: 2,
    commutative: true,
    symbols: ['&&'],
    evaluate: ([a = 0, b = 0]) => (a !== 0 && b !== 0 ? 1 : 0),
    interval: ([a = EITHER, b = EITHER]) => ({ lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi), mayBeNaN: false }),
    rewrite: rewriteLogical(false),
    source: infix('&&', 5),
    javascript: plain(infix('&&', 5)),
    go: plain(infix('&&', 2)),
    python: call('np.logical_and'),
    formula: infixNotation('and', 5),
    grammar: { isWritten: false, draws: {}, kindred: ['or'], ...STOPS, ...OFFSET },
  },
  or: {
    ...LOGICAL,
    arity: 2,
    commutative: true,
    symbols: ['||'],
    evaluate: ([a = 0, b = 0]) => (a !== 0 || b !== 0 ? 1 : 0),
    interval: ([a = EITHER, b = EITHER]) => ({ lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi), mayBeNaN: false }),
    rewrite: rewriteLogical(true),
    source: infix('||', 4),
    javascript: plain(infix('||', 4)),
    go: plain(infix('||', 1)),
    python: call('np.logical_or'),
    formula: infixNotation('or', 4),
    grammar: { isWritten: false, draws: {}, kindred: ['and'], ...STOPS, ...OFFSET },
  },
  not: {
    ...LOGICAL,
    arity: 1,
    commutative: false,
    symbols: ['!'],
    evaluate: ([a = 0]) => (a === 0 ? 1 : 0),
    interval: ([a = EITHER]) => ({ lo: 1 - a.hi, hi: 1 - a.lo, mayBeNaN: false }),
    rewrite: rewriteNot,
    source: prefix('!', 15),
    javascript: plain(prefix('!', 15)),
    go: plain(prefix('!', 6)),
    python: call('np.logical_not'),
    formula: prefixNotation('not', 15),
    grammar: { isWritten: false, draws: {}, kindred: [], ...STOPS, ...OFFSET },
  },
  select: {
    arity: 3,
    kind: 'select',
    commutative: false,
    symbols: ['?:'],
    isMathFunction: false,
    numberAt: undefined,
    evaluate: ([condition = 0, yes = NaN, no = NaN]) => (condition !== 0 ? yes : no),
    isExact: true,
    interval: ([condition = EITHER, yes = NOTHING, no = NOTHING]) =>
      condition.lo > 0 ? yes : condition.hi < 1 ? no : hull(yes, no),
    derivative: (emit, [condition = 0], [, yes = 0, no = 0]) =>
      yes === no ? yes : emit.op('select', condition, yes, no),
    tangent: 'chosen',
    continuity: 'jumps',
    dependence: ([condition = CURVED, yes = CURVED, no = CURVED]) =>
      condition === INDEPENDENT ? greatest([yes, no]) : CURVED,
    notices: passesNothing,
    domain: everywhere,
    whole: ([, yes, no]) => yes === true && no === true,
    zeroOrMore: ([, yes, no]) => yes === true && no === true,
    unitPower: undefined,
    rewrite: rewriteSelect,
    chain: undefined,
    nesting: 'apart',
    sides: 'branches',
    mirrorOf: undefined,
    source: ternary(2),
    javascript: plain(ternary(2)),
    go: { ...plain(ternary(2)), write: 'statement' },
    python: call('np.where'),
    formula: casesNotation,
    grammar: { isWritten: true, draws: {}, kindred: [], ...STOPS, factor: TO_BRANCHES, addend: TO_BRANCHES, ...OFFSET },
  },
};
