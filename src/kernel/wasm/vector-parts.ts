import type { Bytes } from './assemble.ts';
import type { VectorWriter } from './constant-pool.ts';
import { add, mul, shiftLeft } from './instructions.ts';

export function signBit(f: VectorWriter): Bytes {
  return f.pooledBits(0x80000000, 0);
}
export function mantissaBits(f: VectorWriter): Bytes {
  return f.pooledBits(0x000fffff, -1);
}
/** ln 2 in two parts; a whole number below 2²⁰ times the high one is exact. */
export const LN2_HIGH = 6.9314718036912381649e-1;
export const LN2_LOW = 1.90821492927058770002e-10;
/** Added to a small whole number k, this leaves k + 1023 in the lowest bits of the sum. */
export const EXPONENT_MAGIC: number = 1.5 * 2 ** 52 + 1023;

/** c₀ + x·(c₁ + x·(c₂ + …)) */
export function horner(f: VectorWriter, x: Bytes, coefficients: readonly number[]): Bytes {
  return coefficients
    .map((coefficient) => f.pooled(coefficient))
    .reduceRight((inner, coefficient) => add(coefficient, mul(x, inner)));
}

/** 2^k from k + EXPONENT_MAGIC, for −1023 < k < 1024. */
export function powerOfTwo(shifted: Bytes): Bytes {
  return shiftLeft(shifted, 52);
}
