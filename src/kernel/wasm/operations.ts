import { EVERYTHING, type Interval, type OpName } from '../../program/index.ts';
import type { Bytes } from './assemble.ts';
import type { VectorWriter } from './constant-pool.ts';
import {
  abs,
  add,
  and,
  ceil,
  choose,
  div,
  eq,
  floor,
  ge,
  gt,
  le,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  not,
  or,
  quickMax,
  quickMin,
  splat,
  sqrt,
  sub,
} from './instructions.ts';
import type { MathName } from './math-functions.ts';

/** What an operation may ask for while its code is written. */
export interface KernelWriter {
  readonly code: VectorWriter;
  /** A value of a mathematical function; `range` bounds the first argument. */
  math(name: MathName, args: readonly Bytes[], range: Interval): Bytes;
}

/** `ranges` bound the arguments. */
type Emit = (args: readonly Bytes[], writer: KernelWriter, ranges: readonly Interval[]) => Bytes;

/** What the kernel printer knows of an operation. */
export interface KernelOperation {
  readonly write: Emit;
  /** Whether it has a quicker form for some arguments, and so asks for their ranges. */
  readonly asksForRanges: boolean;
}

const ZERO = splat(0);
function plain(write: Emit): KernelOperation {
  return { write, asksForRanges: false };
}
function ranged(write: Emit): KernelOperation {
  return { write, asksForRanges: true };
}
function unary(op: (a: Bytes) => Bytes): KernelOperation {
  return plain(([a = ZERO]) => op(a));
}
function binary(op: (a: Bytes, b: Bytes) => Bytes): KernelOperation {
  return plain(([a = ZERO, b = ZERO]) => op(a, b));
}
/** The quick instruction keeps a NaN in its first argument only, so its second one must be a number. */
function extreme(exact: (a: Bytes, b: Bytes) => Bytes, quick: (a: Bytes, b: Bytes) => Bytes): Emit {
  return (args, _writer, ranges) => {
    const isNumber = (i: number): boolean => ranges[i]?.mayBeNaN === false;
    let result = args[0] ?? ZERO;
    let resultIsNumber = isNumber(0);
    for (let i = 1; i < args.length; i++) {
      const next = args[i] ?? ZERO;
      if (isNumber(i)) result = quick(result, next);
      else result = resultIsNumber ? quick(next, result) : exact(result, next);
      resultIsNumber &&= isNumber(i);
    }
    return result;
  };
}
function math(name: MathName): Emit {
  return (args, writer, [range = EVERYTHING]) => writer.math(name, args, range);
}

/** The code of every operation in WebAssembly: all that an operation needs beside its row in the table. Conditions are masks. */
export const WASM: Readonly<Record<OpName, KernelOperation>> = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div),
  neg: unary(neg),
  pow: plain(math('pow')),
  min: ranged(extreme(min, quickMin)),
  max: ranged(extreme(max, quickMax)),
  abs: unary(abs),
  sqrt: unary(sqrt),
  cbrt: plain(math('cbrt')),
  exp: plain(math('exp')),
  expm1: plain(math('expm1')),
  log: ranged(math('log')),
  log1p: ranged(math('log1p')),
  log2: ranged(math('log2')),
  log10: ranged(math('log10')),
  hypot: plain(hypotenuse),
  sinh: plain(math('sinh')),
  tanh: plain(math('tanh')),
  floor: unary(floor),
  ceil: unary(ceil),
  lt: binary(lt),
  le: binary(le),
  gt: binary(gt),
  ge: binary(ge),
  eq: binary(eq),
  ne: binary(ne),
  and: binary(and),
  or: binary(or),
  not: unary(not),
  select: plain(([condition = ZERO, yes = ZERO, no = ZERO]) => choose(condition, yes, no)),
};

/**
 * As V8 computes Math.hypot, to the bit: in units of the largest side, summed with Kahan's compensation. An infinite side
 * makes it infinite whatever the others are.
 */
function hypotenuse(args: readonly Bytes[], { code }: KernelWriter): Bytes {
  const sides = args.map((arg) => code.let(abs(arg)));
  const largest = code.let(sides.reduce(max));
  let sum = ZERO;
  let lost = ZERO;
  for (const [i, side] of sides.entries()) {
    const ratio = code.let(div(side, largest));
    const summand = code.let(i === 0 ? mul(ratio, ratio) : sub(mul(ratio, ratio), lost));
    const next = i === 0 ? summand : code.let(add(sum, summand));
    lost = i === 0 ? ZERO : code.let(sub(sub(next, sum), summand));
    sum = next;
  }
  const finite = choose(eq(largest, ZERO), largest, mul(sqrt(sum), largest));
  const infinity = splat(Number.POSITIVE_INFINITY);
  return choose(sides.map((side) => eq(side, infinity)).reduce(or), infinity, finite);
}
