import { powerNotation } from '../formula.ts';
import { NOTHING, powIntervals } from '../interval.ts';
import type { Operation } from '../operation.ts';
import { call, infixRight, isSmallPower, smallPower } from '../spelling.ts';
import { rewritePow } from './arithmetic-rules.ts';
import { bends, logarithmOf, passesNaN, poleOf, rootOf, UNNOTICED } from './columns.ts';
import { STOPS } from './grammar-role.ts';

function isWhole(exponent: number | undefined): boolean {
  return exponent !== undefined && Number.isInteger(exponent) && exponent >= 1;
}

/** Powers: what they are depends much on the exponent, where that is a number as it stands. */
export const POWER: Operation = {
  arity: 2,
  kind: 'arithmetic',
  commutative: false,
  symbols: ['**'],
  isMathFunction: true,
  numberAt: 1,
  // Squares and cubes are products in every printer, so they are products here.
  evaluate: ([x = NaN, y = NaN]) => (y === 2 ? x * x : y === 3 ? x * x * x : x ** y),
  isExact: false,
  interval: ([x = NOTHING, y = NOTHING]) => powIntervals(x, y),
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
  tangent: 'multiplied',
  continuity: 'jumps',
  dependence: bends,
  notices: (above, at, literal) => {
    const exponent = literal(1) ?? 0;
    // ∞ to a negative power is 0; anything to the power of 0 is 1.
    if (at > 0) return UNNOTICED;
    return exponent > 0 ? above : exponent < 0 ? passesNaN(above) : UNNOTICED;
  },
  domain: (literal) => {
    const exponent = literal(1) ?? 1;
    const does = `takes the power ${exponent} of`;
    if (!Number.isInteger(exponent)) return exponent > 0 ? rootOf(does) : logarithmOf(does);
    return exponent < 0 ? poleOf(does) : undefined;
  },
  whole: ([base], literal) => base === true && isWhole(literal(1)),
  zeroOrMore: ([base], literal) => base === true && (literal(1) ?? -1) >= 0,
  unitPower: undefined,
  rewrite: rewritePow,
  chain: { of: 'product', role: 'power' },
  nesting: 'apart',
  sides: undefined,
  mirrorOf: undefined,
  source: infixRight('**', 14, 16),
  javascript: {
    write: smallPower(13, call('pow')),
    helper: { name: 'pow', text: 'const pow = (x, y) => y === 2 ? x * x : y === 3 ? x * x * x : x ** y;' },
  },
  go: {
    write: smallPower(5, call('math.Pow')),
    helper: undefined,
    repeatsFirst: (literal) => isSmallPower(literal(1)),
  },
  python: call('np.power'),
  formula: powerNotation,
  grammar: {
    isWritten: true,
    draws: {},
    kindred: [],
    ...STOPS,
    constantSuffix: 'Power',
    constantName: 'power',
  },
};
