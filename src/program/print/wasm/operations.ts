import { EVERYTHING, type Interval } from '../../interval.ts';
import type { OpName } from '../../op-name.ts';
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

const ZERO = splat(0);
const unary =
  (op: (a: Bytes) => Bytes): Emit =>
  ([a = ZERO]) =>
    op(a);
const binary =
  (op: (a: Bytes, b: Bytes) => Bytes): Emit =>
  ([a = ZERO, b = ZERO]) =>
    op(a, b);
/** The quick instruction keeps a NaN in its first argument only, so its second one must be a number. */
const extreme =
  (exact: (a: Bytes, b: Bytes) => Bytes, quick: (a: Bytes, b: Bytes) => Bytes): Emit =>
  (args, _writer, ranges) => {
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
const math =
  (name: MathName): Emit =>
  (args, writer, [range = EVERYTHING]) =>
    writer.math(name, args, range);

/** The spelling of every operation in WebAssembly. Conditions are masks. */
export const WASM: Readonly<Record<OpName, Emit>> = {
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div),
  neg: unary(neg),
  pow: math('pow'),
  min: extreme(min, quickMin),
  max: extreme(max, quickMax),
  abs: unary(abs),
  sqrt: unary(sqrt),
  cbrt: math('cbrt'),
  exp: math('exp'),
  expm1: math('expm1'),
  log: math('log'),
  log1p: math('log1p'),
  log2: math('log2'),
  log10: math('log10'),
  hypot: hypotenuse,
  tanh: math('tanh'),
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
  select: ([condition = ZERO, yes = ZERO, no = ZERO]) => choose(condition, yes, no),
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
