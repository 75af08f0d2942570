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

/** Whether two types have as many bits and are multiplied alike; scales differ with the size of their groups. */
function isRepeated(named: WeightType, own: WeightType): boolean {
  return named.compute === own.compute && Math.floor(8 * named.bytes) === Math.floor(8 * own.bytes);
}

export const SERVED_TYPES = ['fp8', 'int8', 'int4', 'mxfp4', 'nvfp4'] as const;
export type ServedType = (typeof SERVED_TYPES)[number];

/** Types that a server was told to use, beyond what the checkpoint says. */
export interface ServedPrecision {
  /** Of the matrices of all layers. */
  readonly weights?: ServedType;
  /** Of the KV cache. */
  readonly kvCache?: 'fp8';
}

/**
 * The architecture as it is served. A checkpoint that is quantised keeps its own weights where the engine's argument repeats their type;
 * another type means another checkpoint of the same model, since engines do not quantise anew.
 */
export function servedAs(architecture: Architecture, { weights, kvCache }: ServedPrecision): Architecture {
  const own = architecture.precision ?? unquantised(architecture.bytesPerParameter);
  const named = weights === undefined ? undefined : SERVED[weights];
  const { experts, feedForward } = own.weights;
  const type =
    named !== undefined && !isRepeated(named, architecture.experts > 1 ? experts : feedForward) ? named : undefined;
  if (type === undefined && kvCache === undefined) return architecture;
  return {
    ...architecture,
    precision: {
      weights: type === undefined ? own.weights : { ...own.weights, attention: type, feedForward: type, experts: type },
      kvBytes: kvCache === undefined ? own.kvBytes : KV_FP8_BYTES,
    },
  };
}
