import { type Bytes, F64, I32, type Signature, V128 } from './assemble.ts';
import type { VectorWriter } from './constant-pool.ts';
import {
  abs,
  add,
  and,
  anyFalse,
  anyTrue,
  call,
  choose,
  div,
  eq,
  floor,
  ge,
  gt,
  lane,
  le,
  lt,
  mul,
  nearest,
  neg,
  not,
  or,
  quickMax,
  quickMin,
  replaceLane,
  shiftLeft,
  shiftRight,
  splat,
  sub,
  when,
  xor,
  addInt,
} from './instructions.ts';
import { EXPONENT_MAGIC, horner, LN2_HIGH, LN2_LOW, mantissaBits, powerOfTwo, signBit } from './vector-parts.ts';

const EXP = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.1381367970572384604e-8,
];

/** y·2^k in two steps, so that neither factor leaves the range of normal numbers. */
function scale(f: VectorWriter, y: Bytes, k: Bytes): Bytes {
  const half = f.let(nearest(mul(k, f.pooled(0.5))));
  const rest = sub(k, half);
  return mul(mul(y, powerOfTwo(add(half, f.pooled(EXPONENT_MAGIC)))), powerOfTwo(add(rest, f.pooled(EXPONENT_MAGIC))));
}

/** x = k·ln 2 + hi − lo with whole k. */
function reduce(f: VectorWriter, x: Bytes): { shifted: Bytes; k: Bytes; hi: Bytes; lo: Bytes; r: Bytes } {
  const shifted = f.let(add(mul(x, f.pooled(Math.LOG2E)), f.pooled(EXPONENT_MAGIC)));
  const k = f.let(sub(shifted, f.pooled(EXPONENT_MAGIC)));
  const hi = f.let(sub(x, mul(k, f.pooled(LN2_HIGH))));
  const lo = f.let(mul(k, f.pooled(LN2_LOW)));
  return { shifted, k, hi, lo, r: f.let(sub(hi, lo)) };
}

/** Source: fdlibm, e_exp.c. */
export function expOf(f: VectorWriter, given: Bytes): Bytes {
  const odd = f.let(anyFalse(lt(abs(given), f.pooled(708))), I32);
  const clamped = f.variable(V128);
  f.emit(clamped.set(given));
  f.emit(when(odd, clamped.set(quickMin(quickMax(given, splat(-746)), splat(710)))));
  const { shifted, k, hi, lo, r } = reduce(f, clamped.get);
  const z = f.let(mul(r, r));
  const c = f.let(sub(r, mul(z, horner(f, z, EXP))));
  const y = f.let(sub(f.pooled(1), sub(sub(lo, div(mul(r, c), sub(f.pooled(2), c))), hi)));
  const result = f.variable(V128);
  f.emit(result.set(mul(y, powerOfTwo(shifted))));
  f.emit(
    when(
      odd,
      f.capture(() => f.emit(result.set(scale(f, y, k)))),
    ),
  );
  return result.get;
}

/** Source: fdlibm, s_expm1.c, its cases drawn together: e^x − 1 = 2^k·((1 − 2^−k) − (e − r)), for
 * k < −1 as 2^k·(1 − (e − r)) − 1. */
export function expm1Of(f: VectorWriter, given: Bytes): Bytes {
  const x = f.let(quickMin(quickMax(given, f.pooled(-40)), f.pooled(710)));
  const { k, hi, lo, r } = reduce(f, x);
  const lost = f.let(sub(sub(hi, r), lo));
  const half = f.let(mul(f.pooled(0.5), r));
  const hxs = f.let(mul(r, half));
  const q = [
    1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
    -2.01099218183624371326e-7,
  ];
  const r1 = f.let(horner(f, hxs, q));
  const t = f.let(sub(f.pooled(3), mul(r1, half)));
  const e0 = mul(hxs, div(sub(r1, t), sub(f.pooled(6), mul(r, t))));
  const e = f.let(sub(sub(mul(r, sub(e0, lost)), lost), hxs));
  const low = f.let(lt(k, f.pooled(-1)));
  const inverse = powerOfTwo(sub(f.pooled(EXPONENT_MAGIC), quickMin(quickMax(k, f.pooled(-60)), f.pooled(60))));
  const one = f.let(choose(low, f.pooled(1), sub(f.pooled(1), inverse)));
  const plain = sub(one, sub(e, r));
  // The two terms nearly cancel here; one + r is exact.
  const near = and(eq(k, f.pooled(1)), lt(r, f.pooled(-0.25)));
  const y = f.let(choose(near, sub(add(one, r), e), plain));
  const result = f.let(sub(scale(f, y, k), and(low, f.pooled(1))));
  // e^x − 1 is x for the smallest numbers, zeros included.
  return choose(lt(abs(given), f.pooled(2 ** -54)), given, result);
}

/**
 * Source: fdlibm, e_sinh.c: with t = e^|x| − 1, half of 2t − t²/(t + 1) below 1, half of t + t/(t + 1) above; half of e^|x| from
 * 22 on, from the square of its root where e^|x| may be too large for a double.
 */
export function sinhOf(f: VectorWriter, x: Bytes): Bytes {
  const size = f.let(abs(x));
  const half = f.pooled(0.5);
  const t = f.let(expm1Of(f, f.let(quickMin(size, f.pooled(22)))));
  const share = f.let(div(t, add(t, f.pooled(1))));
  const small = lt(size, f.pooled(1));
  const result = f.variable(V128);
  f.emit(result.set(mul(half, choose(small, sub(add(t, t), mul(t, share)), add(t, share)))));
  const large = f.let(ge(size, f.pooled(22)));
  const byExp = f.capture(() => {
    const huge = f.let(gt(size, f.pooled(709.75)));
    const e = f.let(expOf(f, f.let(choose(huge, mul(half, size), size))));
    const halfOfE = f.let(mul(half, e));
    f.emit(result.set(choose(large, choose(huge, mul(halfOfE, e), halfOfE), result.get)));
  });
  f.emit(when(anyTrue(large), byExp));
  return or(result.get, and(x, signBit(f)));
}

/** Source: fdlibm, s_tanh.c. */
export function tanhOf(f: VectorWriter, x: Bytes): Bytes {
  const size = f.let(quickMin(abs(x), f.pooled(22)));
  const small = f.let(lt(size, f.pooled(1)));
  const double = f.let(add(size, size));
  const t = f.let(expm1Of(f, f.let(choose(small, neg(double), double))));
  const quotient = f.let(div(choose(small, neg(t), f.pooled(2)), add(t, f.pooled(2))));
  return or(abs(choose(small, quotient, sub(f.pooled(1), quotient))), and(x, signBit(f)));
}

/** Source: FreeBSD, s_cbrt.c. */
export function cbrtOf(f: VectorWriter, x: Bytes): Bytes {
  const size = f.let(abs(x));
  const tiny = f.let(lt(size, f.pooled(2 ** -1022)));
  const a = f.let(choose(tiny, mul(size, f.pooled(2 ** 54)), size));
  const high = sub(or(shiftRight(a, 32), f.pooledBits(0x43300000, 0)), f.pooled(2 ** 52));
  const third = floor(add(mul(high, f.pooled(1 / 3)), f.pooled(715094163)));
  const guess = f.let(shiftLeft(add(third, f.pooled(2 ** 52)), 32));
  const r0 = f.let(mul(mul(guess, guess), div(guess, a)));
  const low = horner(f, r0, [1.87595182427177009643, -1.88497979543377169875, 1.62142972010535446614]);
  const upper = mul(mul(mul(r0, r0), r0), horner(f, r0, [-0.758397934778766047437, 0.145996192886612446982]));
  const rough = f.let(mul(guess, add(low, upper)));
  const t = f.let(and(addInt(rough, f.pooledBits(0, 0x80000000)), f.pooledBits(-1, 0xc0000000)));
  const r = f.let(div(a, mul(t, t)));
  const root = f.let(add(t, mul(t, div(sub(r, t), add(add(t, t), r)))));
  const scaled = choose(tiny, mul(root, f.pooled(2 ** -18)), root);
  const usual = and(gt(size, f.pooled(0)), lt(size, f.pooled(Number.POSITIVE_INFINITY)));
  return choose(usual, or(scaled, and(x, signBit(f))), x);
}

/**
 * x^y for normal x > 0 where the result is normal too; the platform's own power decides in the other lanes.
 *
 * Source: fdlibm, e_pow.c.
 * @param platform index of the imported scalar power
 */
export function powOf(f: VectorWriter, x: Bytes, y: Bytes, platform: number): Bytes {
  const highWord = (a: Bytes): Bytes => f.let(and(a, f.pooledBits(-1, 0)));
  const mantissa = f.let(or(and(x, mantissaBits(f)), f.pooled(1)));
  const exponent = sub(or(shiftRight(x, 52), f.pooledBits(0x43300000, 0)), f.pooled(2 ** 52 + 1023));
  const upper = f.let(ge(mantissa, f.pooled(1.73205)));
  const middle = f.let(and(gt(mantissa, f.pooled(1.224744)), not(upper)));
  const n = f.let(add(exponent, and(upper, f.pooled(1))));
  const ax = f.let(choose(upper, mul(mantissa, f.pooled(0.5)), mantissa));
  const base = f.let(choose(middle, f.pooled(1.5), f.pooled(1)));
  const u0 = f.let(sub(ax, base));
  const v0 = f.let(div(f.pooled(1), add(ax, base)));
  const ss = f.let(mul(u0, v0));
  const sHigh = highWord(ss);
  const sumHigh = highWord(add(ax, base));
  const sumLow = sub(ax, sub(sumHigh, base));
  const sLow = f.let(mul(v0, sub(sub(u0, mul(sHigh, sumHigh)), mul(sHigh, sumLow))));
  const s2 = f.let(mul(ss, ss));
  const series = horner(
    f,
    s2,
    [
      5.99999999999994648725e-1, 4.28571428578550184252e-1, 3.33333329818377432918e-1, 2.72728123808534006489e-1,
      2.30660745775561754067e-1, 2.06975017800338417784e-1,
    ],
  );
  const r0 = f.let(add(mul(mul(s2, s2), series), mul(sLow, add(sHigh, ss))));
  const square = f.let(mul(sHigh, sHigh));
  const tHigh = highWord(add(add(f.pooled(3), square), r0));
  const tLow = sub(r0, sub(sub(tHigh, f.pooled(3)), square));
  const u1 = f.let(mul(sHigh, tHigh));
  const v1 = f.let(add(mul(sLow, tHigh), mul(tLow, ss)));
  const pHigh = highWord(add(u1, v1));
  const pLow = sub(v1, sub(pHigh, u1));
  const zHigh = f.let(mul(f.pooled(9.61796700954437255859e-1), pHigh));
  const dHigh = f.let(and(middle, f.pooled(5.84962487220764160156e-1)));
  const dLow = and(middle, f.pooled(1.35003920212974897128e-8));
  const zLow = f.let(
    add(add(mul(f.pooled(-7.02846165095275826516e-9), pHigh), mul(pLow, f.pooled(9.61796693925975554329e-1))), dLow),
  );
  const logHigh = highWord(add(add(add(zHigh, zLow), dHigh), n));
  const logLow = sub(zLow, sub(sub(sub(logHigh, n), dHigh), zHigh));
  const yHigh = highWord(y);
  const productLow = f.let(add(mul(sub(y, yHigh), logHigh), mul(y, logLow)));
  const productHigh = f.let(mul(yHigh, logHigh));
  const z = f.let(add(productLow, productHigh));
  const k = f.let(nearest(z));
  const rest = f.let(sub(productHigh, k));
  const t = highWord(add(productLow, rest));
  const u2 = f.let(mul(t, f.pooled(6.93147182464599609375e-1)));
  const v2 = f.let(
    add(mul(sub(productLow, sub(t, rest)), f.pooled(Math.LN2)), mul(t, f.pooled(-1.90465429995776804525e-9))),
  );
  const e = f.let(add(u2, v2));
  const w = f.let(sub(v2, sub(e, u2)));
  const e2 = f.let(mul(e, e));
  const t1 = f.let(sub(e, mul(e2, horner(f, e2, EXP))));
  const r = sub(div(mul(e, t1), sub(t1, f.pooled(2))), add(w, mul(e, w)));
  const result = f.variable(V128);
  f.emit(result.set(mul(sub(f.pooled(1), sub(r, e)), powerOfTwo(add(k, f.pooled(EXPONENT_MAGIC))))));
  const usual = f.let(
    and(and(ge(x, f.pooled(2 ** -1022)), lt(x, f.pooled(Number.POSITIVE_INFINITY))), le(abs(z), f.pooled(1020))),
  );
  const byPlatform = f.capture(() => {
    for (const index of [0, 1] as const) {
      const mended = replaceLane(result.get, index, call(platform, lane(x, index), lane(y, index)));
      f.emit(
        when(
          anyTrue(replaceLane(f.pooled(0), index, lane(xor(usual, f.pooledBits(-1, -1)), index))),
          result.set(mended),
        ),
      );
    }
  });
  f.emit(when(anyFalse(usual), byPlatform));
  return result.get;
}

export const POW_SIGNATURE: Signature = { params: [F64, F64], result: F64 };
