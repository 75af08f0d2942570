import { numberText } from './terms.ts';

/** A finite number as people write it: digits, and a power of ten where the shortest text has one. */
export function scientific(value: number): { readonly mantissa: string; readonly exponent?: number } {
  const [mantissa = '', exponent] = numberText(value).split('e');
  return exponent === undefined ? { mantissa } : { mantissa, exponent: Number(exponent) };
}
