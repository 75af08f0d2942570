import type { Architecture } from './architecture.ts';
import { FP8, groupedIntegers, INT8, KV_FP8_BYTES, MXFP4, NVFP4 } from './weight-types.ts';
import { unquantised, type WeightType } from './precision.ts';

const GROUP = 128;

/** Types that an engine can be told to serve weights in, with what it makes of them. */
const SERVED: { readonly [T in ServedType]: WeightType } = {
  fp8: FP8,
  int8: INT8,
  int4: groupedIntegers(4, GROUP, true),
  mxfp4: MXFP4,
  nvfp4: NVFP4,
};

export const SERVED_TYPES = ['fp8', 'int8', 'int4', 'mxfp4', 'nvfp4'] as const;
export type ServedType = (typeof SERVED_TYPES)[number];

/** Types that a server was told to use, beyond what the checkpoint says. */
export interface ServedPrecision {
  /** Of the matrices of all layers. */
  readonly weights?: ServedType;
  /** Of the KV cache. */
  readonly kvCache?: 'fp8';
}

/** The architecture as it is served. A checkpoint that is quantised keeps its own weights: the engine's argument repeats it. */
export function servedAs(architecture: Architecture, { weights, kvCache }: ServedPrecision): Architecture {
  const own = architecture.precision ?? unquantised(architecture.bytesPerParameter);
  const type = architecture.precision === undefined && weights !== undefined ? SERVED[weights] : undefined;
  if (type === undefined && kvCache === undefined) return architecture;
  return {
    ...architecture,
    precision: {
      weights: type === undefined ? own.weights : { ...own.weights, attention: type, feedForward: type, experts: type },
      kvBytes: kvCache === undefined ? own.kvBytes : KV_FP8_BYTES,
    },
  };
}
