/** Data types that accelerators multiply at rates of their own; `bf16` stands for all of 16 bits. */
export const COMPUTE_TYPES = ['bf16', 'fp8', 'fp4', 'int8'] as const;
export type ComputeType = (typeof COMPUTE_TYPES)[number];

/** Parts of a model whose weights may be of different types. `feedForward`: of dense layers and shared experts. */
export const WEIGHT_PARTS = ['attention', 'feedForward', 'experts', 'head'] as const;
export type WeightPart = (typeof WEIGHT_PARTS)[number];

/** How weights are stored and multiplied. */
export interface WeightType {
  /** Bytes of a weight, its share of scales and zero points included. */
  readonly bytes: number;
  /** Type of its products; an accelerator that lacks it takes bf16. */
  readonly compute: ComputeType;
}

export interface Precision {
  readonly weights: { readonly [P in WeightPart]: WeightType };
  /** Bytes of an entry of the KV cache. */
  readonly kvBytes: number;
}

/** The types of a model that is not quantised. */
export function unquantised(bytesPerParameter: number): Precision {
  const type: WeightType = { bytes: bytesPerParameter, compute: 'bf16' };
  return {
    weights: { attention: type, feedForward: type, experts: type, head: type },
    kvBytes: bytesPerParameter,
  };
}
