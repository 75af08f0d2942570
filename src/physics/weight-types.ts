import type { WeightType } from './precision.ts';

const SCALE_BYTES = 4;
const HALF_SCALE_BYTES = 2;

/** Microscaling: 4 bits, and a scale of 8 for 32 of them (OCP MX 1.0). Engines multiply them with activations of 8 bits where they can. */
export const MXFP4: WeightType = { bytes: 0.5 + 1 / 32, compute: 'fp8' };
/** 4 bits, and a scale of 8 for 16 of them. */
export const NVFP4: WeightType = { bytes: 0.5 + 1 / 16, compute: 'fp4' };
/** 8 bits with a scale for each channel. */
export const INT8: WeightType = { bytes: 1, compute: 'int8' };
export const KV_FP8_BYTES = 1;

/** fp8 with a scale for each channel. */
export const FP8: WeightType = { bytes: 1, compute: 'fp8' };

/** fp8 with a scale for each block of weights, e.g. 128 × 128; where none is said, for each channel. */
export function blockFp8(block: readonly number[]): WeightType {
  const size = block.reduce((product, side) => product * side, 1);
  return { bytes: 1 + (size > 1 ? SCALE_BYTES / size : 0), compute: 'fp8' };
}

/**
 * Integers of some bits with a scale of 16 for each group, multiplied in 16 bits.
 *
 * @param group weights that share a scale; no more than a channel has where it is not positive.
 * @param hasZeros whether each group has a zero point too.
 */
export function groupedIntegers(bits: number, group: number, hasZeros: boolean): WeightType {
  const bytes = bits / 8;
  return { bytes: group > 0 ? bytes + (HALF_SCALE_BYTES + (hasZeros ? bytes : 0)) / group : bytes, compute: 'bf16' };
}
