import { type Bytes, type FunctionCode, I32, V128 } from './assemble.ts';
import { pooled, pooledBits } from './constant-pool.ts';
import {
  add,
  addInt,
  and,
  andNot,
  anyTrue,
  call,
  choose,
  div,
  eq,
  FunctionWriter,
  ge,
  gt,
  lt,
  mul,
  not,
  or,
  shiftRight,
  sub,
  when,
} from './instructions.ts';
import { horner, LN2_HIGH, LN2_LOW, MANTISSA, SIGN } from './vector-parts.ts';

const INFINITY = pooled(Number.POSITIVE_INFINITY);
const LEAST_NORMAL = pooled(2 ** -1022);
/** Smallest double whose high word is that of √½. */
const HALF_ROOT = 0x3fe6a09e;
const ODD = [0.666666666666673513, 0.2857142874366239149, 0.1818357216161805012, 0.1479819860511658591];
const EVEN = [0.3999999999940941908, 0.2222219843214978396, 0.1531383769920937332];

/** x = 2^k·m with √½ ≤ m < √2, for normal x > 0. */
function split(f: FunctionWriter, x: Bytes): { k: Bytes; m: Bytes } {
  const shifted = f.let(addInt(x, pooledBits(0x3ff00000 - HALF_ROOT, 0)));
  const k = f.let(sub(or(shiftRight(shifted, 52), pooledBits(0x43300000, 0)), pooled(2 ** 52 + 1023)));
  const m = f.let(addInt(and(shifted, MANTISSA), pooledBits(HALF_ROOT, 0)));
  return { k, m };
}

/** log(1 + f) = f − half + s·(half + R), half = f²/2. Source: fdlibm, e_log.c. */
function logParts(f: FunctionWriter, x: Bytes): { half: Bytes; series: Bytes } {
  const s = f.let(div(x, add(pooled(2), x)));
  const z = f.let(mul(s, s));
  const w = f.let(mul(z, z));
  const r = add(mul(w, horner(w, EVEN)), mul(z, horner(w, ODD)));
  const half = f.let(mul(mul(pooled(0.5), x), x));
  return { half, series: f.let(mul(s, add(half, r))) };
}

/** Runs `log` on positive normal numbers; subnormal ones are scaled first, all other lanes mended afterwards. */
function logarithm(perBinade: number, log: (f: FunctionWriter, x: Bytes) => Bytes): FunctionCode {
  const f = new FunctionWriter([V128]);
  const x = f.param(0);
  const scaled = f.variable(V128);
  f.emit(scaled.set(x));
  const usual = and(ge(x, LEAST_NORMAL), lt(x, INFINITY));
  const odd = f.let(anyTrue(not(usual)), I32);
  f.emit(when(odd, scaled.set(choose(lt(x, LEAST_NORMAL), mul(x, pooled(2 ** 54)), x))));
  const result = f.variable(V128);
  f.emit(result.set(log(f, scaled.get)));
  const atZero = choose(eq(x, pooled(0)), pooled(Number.NEGATIVE_INFINITY), pooled(Number.NaN));
  const outside = choose(eq(x, INFINITY), x, atZero);
  const unscaled = sub(result.get, and(lt(x, LEAST_NORMAL), pooled(54 * perBinade)));
  const inside = and(gt(x, pooled(0)), lt(x, INFINITY));
  f.emit(when(odd, result.set(choose(inside, unscaled, outside))));
  f.emit(result.get);
  return f.finish(V128);
}

/** Source: fdlibm, e_log.c (Sun Microsystems, 1993). */
export function logFunction(): FunctionCode {
  return logarithm(Math.LN2, (f, x) => {
    const { k, m } = split(f, x);
    const r = f.let(sub(m, pooled(1)));
    const { half, series } = logParts(f, r);
    return sub(mul(k, LN2_HIGH), sub(sub(half, add(series, mul(k, LN2_LOW))), r));
  });
}

/** Source: FreeBSD, e_log2.c. */
export function log2Function(): FunctionCode {
  return logarithm(1, (f, x) => {
    const { k, m } = split(f, x);
    const r = f.let(sub(m, pooled(1)));
    const { half, series } = logParts(f, r);
    const high = f.let(and(sub(r, half), pooledBits(-1, 0)));
    const low = f.let(add(sub(sub(r, high), half), series));
    const inverseHigh = pooled(1.44269504072144627571);
    const inverseLow = pooled(1.67517131648865118353e-10);
    const valueHigh = f.let(mul(high, inverseHigh));
    const valueLow = add(mul(add(low, high), inverseLow), mul(low, inverseHigh));
    const w = f.let(add(k, valueHigh));
    return add(add(valueLow, add(sub(k, w), valueHigh)), w);
  });
}

/** Source: fdlibm, e_log10.c. `log` is the index of the function above. */
export function log10Function(log: number): FunctionCode {
  return logarithm(Math.log10(2), (f, x) => {
    const exponent = f.let(sub(or(shiftRight(x, 52), pooledBits(0x43300000, 0)), pooled(2 ** 52 + 1023)));
    const m = f.let(or(and(x, MANTISSA), pooled(1)));
    const small = f.let(lt(exponent, pooled(0)));
    const k = f.let(add(exponent, and(small, pooled(1))));
    const inner = choose(small, mul(m, pooled(0.5)), m);
    const z = add(mul(k, pooled(3.69423907715893078616e-13)), mul(pooled(Math.LOG10E), call(log, inner)));
    return add(z, mul(k, pooled(0.301029995663611771306)));
  });
}

/** Source: fdlibm, s_log1p.c. */
export function log1pFunction(): FunctionCode {
  const f = new FunctionWriter([V128]);
  const x = f.param(0);
  const u = f.let(add(pooled(1), x));
  const v = f.let(sub(u, pooled(1)));
  // What rounding 1 + x has lost, exactly.
  const lost = add(sub(x, v), sub(pooled(1), sub(u, v)));
  const { k, m } = split(f, u);
  const near = f.let(eq(k, pooled(0)));
  const r = f.let(choose(near, x, sub(m, pooled(1))));
  const c = andNot(div(lost, u), near);
  const { half, series } = logParts(f, r);
  const result = f.variable(V128);
  const sum = sub(mul(k, LN2_HIGH), sub(sub(half, add(series, add(mul(k, LN2_LOW), c))), r));
  // The result has the sign of x; −0 would lose it.
  f.emit(result.set(or(sum, and(x, SIGN))));
  const usual = and(gt(x, pooled(-1)), lt(x, INFINITY));
  const atPole = choose(eq(x, pooled(-1)), pooled(Number.NEGATIVE_INFINITY), pooled(Number.NaN));
  const outside = choose(eq(x, INFINITY), x, atPole);
  f.emit(when(anyTrue(not(usual)), result.set(choose(usual, result.get, outside))));
  f.emit(result.get);
  return f.finish(V128);
}
