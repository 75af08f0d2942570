import { callNotation, fenceNotation, hypotNotation } from '../formula.ts';
import { absInterval, hypotIntervals, interval, isEmpty, NOTHING } from '../interval.ts';
import type { Operation } from '../operation.ts';
import { call, nestedCall, plain } from '../spelling.ts';
import { bends, everywhere, never, NOT_FINITE, passesNaN, passesNotFinite, UNNOTICED, whereAllDo } from './columns.ts';
import { rewriteAbs, rewriteExtreme, rewriteHypot } from './function-rules.ts';
import { type GrammarRole, OFFSET, STOPS, TO_ALL } from './grammar-role.ts';

/** The tangent of whichever argument gave the result; the first one on a tie. */
const winner: Operation['derivative'] = (emit, args, tangents, self) => {
  let result = tangents.at(-1) ?? emit.number(0);
  for (let i = args.length - 2; i >= 0; i--) {
    result = emit.op('select', emit.op('eq', args[i] ?? self, self), tangents[i] ?? result, result);
  }
  return result;
};

function extreme(
  name: 'min' | 'max',
  pick: (...values: number[]) => number,
  go: string,
  grammar: GrammarRole,
): Operation {
  return {
    arity: 'many',
    kind: 'function',
    commutative: true,
    symbols: [],
    isMathFunction: true,
    numberAt: undefined,
    evaluate: (args) => pick(...args),
    isExact: true,
    interval: (args) =>
      args.some(isEmpty)
        ? NOTHING
        : interval(
            pick(...args.map((a) => a.lo)),
            pick(...args.map((a) => a.hi)),
            args.some((a) => a.mayBeNaN),
          ),
    derivative: winner,
    tangent: 'chosen',
    continuity: 'continuous',
    dependence: bends,
    // min(∞, x) is x.
    notices: passesNaN,
    domain: everywhere,
    whole: whereAllDo,
    zeroOrMore: whereAllDo,
    unitPower: 1,
    rewrite: rewriteExtreme(name),
    chain: undefined,
    nesting: 'set',
    sides: 'extreme',
    mirrorOf: undefined,
    source: call(`Math.${name}`),
    javascript: plain(call(`Math.${name}`)),
    go: plain(nestedCall(go)),
    python: nestedCall(`np.${name}imum`),
    formula: callNotation(name),
    grammar,
  };
}

export const MIN: Operation = extreme('min', Math.min, 'math.Min', {
  isWritten: true,
  draws: { bound: [4] },
  kindred: ['max', 'hypot'],
  factor: TO_ALL,
  addend: TO_ALL,
  constantSuffix: undefined,
  constantName: 'ceilingUs',
});

export const MAX: Operation = extreme('max', Math.max, 'math.Max', {
  isWritten: true,
  draws: { bound: [0, 3], combine: [0], graft: [3] },
  kindred: ['hypot', 'min'],
  factor: TO_ALL,
  addend: TO_ALL,
  constantSuffix: undefined,
  constantName: 'floorUs',
});

export const HYPOT: Operation = {
  arity: 'many',
  kind: 'function',
  commutative: true,
  symbols: [],
  isMathFunction: true,
  numberAt: undefined,
  evaluate: (args) => Math.hypot(...args),
  isExact: true,
  interval: hypotIntervals,
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
  tangent: 'multiplied',
  continuity: 'continuous',
  dependence: bends,
  // hypot(NaN, ∞) is ∞.
  notices: (above) => (above === NOT_FINITE ? NOT_FINITE : UNNOTICED),
  domain: everywhere,
  whole: never,
  zeroOrMore: whereAllDo,
  unitPower: 1,
  rewrite: rewriteHypot,
  chain: undefined,
  nesting: 'flat',
  sides: 'squares',
  mirrorOf: undefined,
  source: call('Math.hypot'),
  javascript: plain(call('Math.hypot')),
  go: plain(nestedCall('math.Hypot')),
  python: nestedCall('np.hypot'),
  formula: hypotNotation,
  grammar: {
    isWritten: true,
    draws: { bound: [1, 2], combine: [1], graft: [4] },
    kindred: ['max', 'min'],
    factor: TO_ALL,
    addend: undefined,
    ...OFFSET,
  },
};

export const ABS: Operation = {
  arity: 1,
  kind: 'function',
  commutative: false,
  symbols: [],
  isMathFunction: true,
  numberAt: undefined,
  evaluate: ([x = NaN]) => Math.abs(x),
  isExact: true,
  interval: ([a = NOTHING]) => absInterval(a),
  derivative: (emit, [x = 0], [dx = 0]) => emit.op('select', emit.op('lt', x, emit.number(0)), emit.op('neg', dx), dx),
  tangent: 'multiplied',
  continuity: 'continuous',
  dependence: bends,
  notices: passesNotFinite,
  domain: everywhere,
  whole: whereAllDo,
  zeroOrMore: never,
  unitPower: 1,
  rewrite: rewriteAbs,
  chain: undefined,
  nesting: 'apart',
  sides: undefined,
  mirrorOf: undefined,
  source: call('Math.abs'),
  javascript: plain(call('Math.abs')),
  go: plain(call('math.Abs')),
  python: call('np.abs'),
  formula: fenceNotation('bars'),
  grammar: { isWritten: true, draws: {}, kindred: [], ...STOPS, ...OFFSET },
};
