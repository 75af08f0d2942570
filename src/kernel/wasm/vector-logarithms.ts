import type { Interval } from '../../program/index.ts';
import { type Bytes, I32, V128 } from './assemble.ts';
import type { VectorWriter } from './constant-pool.ts';
import {
  add,
  addInt,
  and,
  andNot,
  anyFalse,
  choose,
  div,
  eq,
  ge,
  gt,
  lt,
  mul,
  or,
  shiftRight,
  splat,
  sub,
  subInt,
  when,
} from './instructions.ts';
import { LN2_HIGH, LN2_LOW, mantissaBits } from './vector-parts.ts';

/** Smallest double whose high word is that of √½. */
const HALF_ROOT = 0x3fe6a09e;
const SERIES = [
  0.666666666666673513, 0.3999999999940941908, 0.2857142874366239149, 0.2222219843214978396, 0.1818357216161805012,
  0.1531383769920937332, 0.1479819860511658591,
] as const;
/** What an exponent field reads as in the lowest bits of a double of size 2⁵², if the exponent is 0. */
const BIAS = 2 ** 52 + 1023;

/** Where a logarithm's code is right, and how to get there from the other arguments above its pole. */
interface Domain {
  readonly pole: number;
  /** From `least`, below `most`. */
  readonly least: number;
  readonly most: number;
  /** log(x) = log(factor·x) − shift. */
  readonly factor: number;
  readonly shift: number;
}

type Logarithm = (f: VectorWriter, x: Bytes, range: Interval) => Bytes;

/** For arguments that the range does not keep in the domain: scales some first, and mends results afterwards. */
function extended(domain: Domain, log: (f: VectorWriter, x: Bytes) => Bytes): Logarithm {
  const { pole, least, most, factor, shift } = domain;
  return (f, x, { lo, hi, mayBeNaN }) => {
    if (!mayBeNaN && lo >= least && hi < most) return log(f, x);
    const usual = f.let(and(ge(x, f.pooled(least)), lt(x, f.pooled(most))));
    const odd = f.let(anyFalse(usual), I32);
    const scaled = f.variable(V128);
    f.emit(scaled.set(x));
    f.emit(when(odd, scaled.set(choose(usual, x, mul(x, splat(factor))))));
    const result = f.variable(V128);
    f.emit(result.set(log(f, scaled.get)));
    const infinity = splat(Number.POSITIVE_INFINITY);
    const inside = and(gt(x, splat(pole)), lt(x, infinity));
    const shifted = sub(result.get, andNot(splat(shift), usual));
    const atPole = choose(eq(x, splat(pole)), splat(Number.NEGATIVE_INFINITY), splat(Number.NaN));
    f.emit(when(odd, result.set(choose(inside, shifted, choose(eq(x, infinity), x, atPole)))));
    return result.get;
  };
}

/** Subnormal numbers are scaled. */
function normal(perBinade: number): Domain {
  return { pole: 0, least: 2 ** -1022, most: Number.POSITIVE_INFINITY, factor: 2 ** 54, shift: 54 * perBinade };
}

/** BIAS + k of a double with exponent k. */
function biasedExponent(f: VectorWriter, x: Bytes): Bytes {
  return or(shiftRight(x, 52), f.pooledBits(0x43300000, 0));
}

/** A number whose exponent is the k of x = 2^k·m with √½ ≤ m < √2, for normal x > 0, and whose mantissa gives m. */
function split(f: VectorWriter, x: Bytes): Bytes {
  return f.let(addInt(x, f.pooledBits(0x3ff00000 - HALF_ROOT, 0)));
}
function mantissa(f: VectorWriter, parts: Bytes): Bytes {
  return f.let(addInt(and(parts, mantissaBits(f)), f.pooledBits(HALF_ROOT, 0)));
}

/** c₀ + c₁z + … + c₆z⁶ by Estrin's scheme, which waits for fewer results in a row than Horner's. */
function series(f: VectorWriter, z: Bytes): Bytes {
  const [c0, c1, c2, c3, c4, c5, c6] = SERIES;
  const linear = (a: number, b: number): Bytes => add(f.pooled(a), mul(f.pooled(b), z));
  const w = f.let(mul(z, z));
  const high = add(linear(c4, c5), mul(f.pooled(c6), w));
  return add(add(linear(c0, c1), mul(w, linear(c2, c3))), mul(mul(w, w), high));
}

/**
 * k·ln 2 + log(1 + r), k being the exponent of `parts`: log(1 + r) = r − s·(r − z·series(z)) with s = r/(2 + r), z = s².
 * With −k, because −0 − (+0) keeps the sign of r = −0. Source: fdlibm, e_log.c.
 */
function combine(f: VectorWriter, parts: Bytes, r: Bytes, s: Bytes): Bytes {
  const minusK = f.let(sub(f.pooled(BIAS), biasedExponent(f, parts)));
  const z = f.let(mul(s, s));
  const start = add(mul(s, r), mul(minusK, f.pooled(LN2_LOW)));
  const rest = sub(start, mul(mul(s, z), series(f, z)));
  return sub(sub(r, rest), mul(minusK, f.pooled(LN2_HIGH)));
}

function naturalLogarithm(f: VectorWriter, x: Bytes): Bytes {
  const parts = split(f, x);
  const m = mantissa(f, parts);
  const r = f.let(sub(m, f.pooled(1)));
  return combine(f, parts, r, f.let(div(r, add(m, f.pooled(1)))));
}

/** Source: fdlibm, e_log.c (Sun Microsystems, 1993). */
export const logOf: Logarithm = extended(normal(Math.LN2), naturalLogarithm);

/** Source: FreeBSD, e_log2.c. */
export const log2Of: Logarithm = extended(normal(1), (f, x) => {
  const parts = split(f, x);
  const k = f.let(sub(biasedExponent(f, parts), f.pooled(BIAS)));
  const r = f.let(sub(mantissa(f, parts), f.pooled(1)));
  const s = f.let(div(r, add(f.pooled(2), r)));
  const z = f.let(mul(s, s));
  const half = f.let(mul(mul(f.pooled(0.5), r), r));
  const high = f.let(and(sub(r, half), f.pooledBits(-1, 0)));
  const low = f.let(add(sub(sub(r, high), half), mul(s, add(half, mul(z, series(f, z))))));
  const inverseHigh = f.pooled(1.44269504072144627571);
  const inverseLow = f.pooled(1.67517131648865118353e-10);
  const valueHigh = f.let(mul(high, inverseHigh));
  const valueLow = add(mul(add(low, high), inverseLow), mul(low, inverseHigh));
  const w = f.let(add(k, valueHigh));
  return add(add(valueLow, add(sub(k, w), valueHigh)), w);
});

/** Source: fdlibm, e_log10.c. */
export const log10Of: Logarithm = extended(normal(Math.log10(2)), (f, x) => {
  const exponent = f.let(sub(biasedExponent(f, x), f.pooled(BIAS)));
  const m = f.let(or(and(x, mantissaBits(f)), f.pooled(1)));
  const small = f.let(lt(exponent, splat(0)));
  const k = f.let(add(exponent, and(small, f.pooled(1))));
  const inner = f.let(choose(small, mul(m, f.pooled(0.5)), m));
  const z = add(mul(k, f.pooled(3.69423907715893078616e-13)), mul(f.pooled(Math.LOG10E), naturalLogarithm(f, inner)));
  return add(z, mul(k, f.pooled(0.301029995663611771306)));
});

/**
 * 1 + x = 2^k·(1 + r) with r = 2^−k·t, t = x − (2^k − 1). Both differences are exact where their error could be seen, so that
 * rounding 1 + x loses nothing: the sum only chooses k.
 */
export const log1pOf: Logarithm = extended(
  { pole: -1, least: 2 ** -53 - 1, most: 2 ** 1000, factor: 2 ** -64, shift: -64 * Math.LN2 },
  (f, x) => {
    const parts = split(f, add(f.pooled(1), x));
    const power = f.let(and(parts, f.pooledBits(0x7ff00000, 0)));
    const t = f.let(sub(x, sub(power, f.pooled(1))));
    const r = f.let(mul(t, subInt(f.pooledBits(0x7fe00000, 0), power)));
    return combine(f, parts, r, f.let(div(t, add(add(power, power), t))));
  },
);
