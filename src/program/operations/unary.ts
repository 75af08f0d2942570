import type { Operation } from '../operation.ts';
import { call, type GoSpelling } from '../spelling.ts';
import { bends } from './columns.ts';
import type { Emitter } from '../operation.ts';

/** What a function of one argument must say of itself; the rest follows from its being one. */
export interface UnaryColumns
  extends Pick<
    Operation,
    | 'isExact'
    | 'interval'
    | 'continuity'
    | 'notices'
    | 'domain'
    | 'whole'
    | 'zeroOrMore'
    | 'unitPower'
    | 'rewrite'
    | 'formula'
    | 'grammar'
  > {
  readonly evaluate: (x: number) => number;
  /** Gives f′(x), which the chain rule multiplies by the tangent of x. */
  readonly slope: (emit: Emitter, x: number, self: number) => number;
  readonly go: GoSpelling;
}

/** The row of `Math.<name>` with one argument. */
export function unary(name: string, { evaluate, slope, ...columns }: UnaryColumns): Operation {
  return {
    ...columns,
    arity: 1,
    kind: 'function',
    commutative: false,
    symbols: [],
    isMathFunction: true,
    numberAt: undefined,
    evaluate: ([x = NaN]) => evaluate(x),
    derivative: (emit, [x = 0], [dx = 0], self) =>
      emit.literal(dx) === 0 ? emit.number(0) : emit.op('mul', slope(emit, x, self), dx),
    tangent: 'multiplied',
    dependence: bends,
    chain: undefined,
    nesting: 'apart',
    sides: undefined,
    mirrorOf: undefined,
    source: call(`Math.${name}`),
    javascript: { write: call(`Math.${name}`), helper: undefined },
    // NumPy has them all under the same names.
    python: call(`np.${name}`),
  };
}
