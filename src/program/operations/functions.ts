import { callNotation, expNotation, expm1Notation, fenceNotation, log1pNotation, rootNotation } from '../formula.ts';
import { increasing, interval, type Interval } from '../interval.ts';
import type { FunctionName } from '../op-name.ts';
import type { Emitter, Operation } from '../operation.ts';
import { call, plain } from '../spelling.ts';
import { always, everywhere, logarithmOf, never, passesNaN, passesNotFinite, rootOf, whereAllDo } from './columns.ts';
import { rewriteStep } from './function-rules.ts';
import { GO_LOG10, GO_LOG2 } from './go-helpers.ts';
import { OFFSET, STOPS, TO_ALL } from './grammar-role.ts';
import { ABS, HYPOT, MAX, MIN } from './joins.ts';
import { unary, type UnaryColumns } from './unary.ts';

function over(emit: Emitter, numerator: number, denominator: number): number {
  return emit.op('div', emit.number(numerator), denominator);
}

function clamp(range: Interval, lo: number, hi: number): Interval {
  return interval(Math.max(range.lo, lo), Math.min(range.hi, hi), range.mayBeNaN);
}

/** What smooth functions share that grow to infinity with their argument. */
const GROWING = {
  isExact: false,
  continuity: 'continuous',
  notices: passesNotFinite,
  domain: everywhere,
  whole: never,
  zeroOrMore: never,
  unitPower: undefined,
  rewrite: undefined,
} as const;
/** And those that are finite at −∞ or at both ends. */
const LEVEL = { ...GROWING, notices: passesNaN } as const;

function floorOrCeil(
  name: 'floor' | 'ceil',
  evaluate: (x: number) => number,
  columns: Pick<UnaryColumns, 'go' | 'formula'>,
): Operation {
  return unary(name, {
    ...columns,
    evaluate,
    isExact: true,
    interval: increasing(evaluate, -Infinity, true),
    slope: (emit) => emit.number(0),
    continuity: 'steps',
    notices: passesNotFinite,
    domain: everywhere,
    whole: always,
    zeroOrMore: never,
    unitPower: undefined,
    rewrite: rewriteStep,
    grammar: {
      isWritten: true,
      draws: {},
      kindred: [name === 'floor' ? 'ceil' : 'floor'],
      ...STOPS,
      ...OFFSET,
    },
  });
}

export const FUNCTIONS: Readonly<Record<FunctionName, Operation>> = {
  min: MIN,
  max: MAX,
  abs: ABS,
  // Roots have an infinite slope at 0, where features often are; it counts as 0 there, so that a fit is not poisoned.
  sqrt: unary('sqrt', {
    ...GROWING,
    evaluate: Math.sqrt,
    isExact: true,
    interval: increasing(Math.sqrt, 0, true),
    slope: (emit, _x, self) => {
      const zero = emit.number(0);
      return emit.op('select', emit.op('gt', self, zero), over(emit, 0.5, self), zero);
    },
    domain: () => rootOf('takes the square root of'),
    zeroOrMore: whereAllDo,
    unitPower: 1 / 2,
    go: plain(call('math.Sqrt')),
    formula: rootNotation(2),
    grammar: {
      isWritten: true,
      draws: { curve: [0, 1] },
      kindred: ['cbrt', 'log1p'],
      factor: { ...TO_ALL, power: 2 },
      addend: undefined,
      ...OFFSET,
    },
  }),
  cbrt: unary('cbrt', {
    ...GROWING,
    evaluate: Math.cbrt,
    interval: increasing(Math.cbrt),
    slope: (emit, _x, self) => {
      const zero = emit.number(0);
      const square = emit.op('mul', self, self);
      return emit.op('select', emit.op('eq', self, zero), zero, over(emit, 1, emit.op('mul', emit.number(3), square)));
    },
    zeroOrMore: whereAllDo,
    unitPower: 1 / 3,
    go: plain(call('math.Cbrt')),
    formula: rootNotation(3),
    grammar: { isWritten: true, draws: { curve: [2] }, kindred: ['sqrt', 'log1p'], ...STOPS, ...OFFSET },
  }),
  exp: unary('exp', {
    ...LEVEL,
    evaluate: Math.exp,
    interval: increasing(Math.exp),
    slope: (_emit, _x, self) => self,
    go: plain(call('math.Exp')),
    formula: expNotation,
    grammar: { isWritten: true, draws: {}, kindred: ['expm1'], ...STOPS, ...OFFSET },
  }),
  expm1: unary('expm1', {
    ...LEVEL,
    evaluate: Math.expm1,
    interval: increasing(Math.expm1),
    slope: (emit, _x, self) => emit.op('add', self, emit.number(1)),
    go: plain(call('math.Expm1')),
    formula: expm1Notation,
    grammar: { isWritten: true, draws: {}, kindred: ['exp'], ...STOPS, ...OFFSET },
  }),
  log: unary('log', {
    ...GROWING,
    evaluate: Math.log,
    interval: increasing(Math.log, 0),
    slope: (emit, x) => over(emit, 1, x),
    domain: () => logarithmOf('takes the logarithm of'),
    go: plain(call('math.Log')),
    formula: callNotation('ln'),
    grammar: { isWritten: true, draws: {}, kindred: ['log1p', 'log2', 'log10'], ...STOPS, ...OFFSET },
  }),
  log1p: unary('log1p', {
    ...GROWING,
    evaluate: Math.log1p,
    interval: increasing(Math.log1p, -1),
    slope: (emit, x) => over(emit, 1, emit.op('add', emit.number(1), x)),
    domain: () => ({ ...logarithmOf('takes log1p of'), edge: -1, mend: 'write Math.max(…, 0)' }),
    go: plain(call('math.Log1p')),
    formula: log1pNotation,
    grammar: {
      isWritten: true,
      draws: { curve: [3] },
      kindred: ['sqrt', 'cbrt', 'log', 'log2', 'log10'],
      ...STOPS,
      ...OFFSET,
    },
  }),
  log2: unary('log2', {
    ...GROWING,
    evaluate: Math.log2,
    interval: increasing(Math.log2, 0),
    slope: (emit, x) => over(emit, Math.LOG2E, x),
    domain: () => logarithmOf('takes log2 of'),
    go: { ...plain(call(GO_LOG2.name)), helper: GO_LOG2 },
    formula: callNotation('log', 2),
    grammar: { isWritten: true, draws: {}, kindred: ['log', 'log1p', 'log10'], ...STOPS, ...OFFSET },
  }),
  log10: unary('log10', {
    ...GROWING,
    evaluate: Math.log10,
    interval: increasing(Math.log10, 0),
    slope: (emit, x) => over(emit, Math.LOG10E, x),
    domain: () => logarithmOf('takes log10 of'),
    go: { ...plain(call(GO_LOG10.name)), helper: GO_LOG10 },
    formula: callNotation('log', 10),
    grammar: { isWritten: true, draws: {}, kindred: ['log', 'log1p', 'log2'], ...STOPS, ...OFFSET },
  }),
  hypot: HYPOT,
  sinh: unary('sinh', {
    ...GROWING,
    evaluate: Math.sinh,
    interval: increasing(Math.sinh),
    // cosh x = √(1 + sinh² x), without a square that overflows.
    slope: (emit, _x, self) => emit.op('hypot', emit.number(1), self),
    // sinh 1 is above 1.
    zeroOrMore: whereAllDo,
    go: plain(call('math.Sinh')),
    formula: callNotation('sinh'),
    grammar: { isWritten: false, draws: {}, kindred: ['exp', 'expm1'], ...STOPS, ...OFFSET },
  }),
  tanh: unary('tanh', {
    ...LEVEL,
    evaluate: Math.tanh,
    interval: (args) => clamp(increasing(Math.tanh)(args), -1, 1),
    slope: (emit, _x, self) => emit.op('sub', emit.number(1), emit.op('mul', self, self)),
    go: plain(call('math.Tanh')),
    formula: callNotation('tanh'),
    grammar: { isWritten: false, draws: {}, kindred: [], ...STOPS, ...OFFSET },
  }),
  floor: floorOrCeil('floor', Math.floor, { go: plain(call('math.Floor')), formula: fenceNotation('floor') }),
  ceil: floorOrCeil('ceil', Math.ceil, { go: plain(call('math.Ceil')), formula: fenceNotation('ceiling') }),
};
