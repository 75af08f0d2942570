import type { UnmodelledPart } from '../architecture.ts';
import { type Precision, unquantised, WEIGHT_PARTS, type WeightPart, type WeightType } from '../precision.ts';
import { type Config, type ConfigFile, listOf, textOf } from './keys.ts';
import { excludedShare } from './module-names.ts';
import { blockFp8, FP8, groupedIntegers, INT8, KV_FP8_BYTES, MXFP4, NVFP4 } from '../weight-types.ts';

/** What a configuration says of the types of weights and cache. */
export interface Quantisation {
  /** Absent where all is of the type that the model computes in. */
  readonly precision?: Precision;
  readonly unmodelled: readonly UnmodelledPart[];
}

/** How methods name the modules that they leave as they are. */
const EXCLUDED = ['modules_to_not_convert', 'ignore', 'ignored_layers', 'exclude_modules'] as const;

/** What a method makes of the weights that it takes; undefined where the file does not say enough. */
type Method = (own: ConfigFile) => WeightType | undefined;

const METHODS: Readonly<Record<string, Method>> = {
  fp8: ({ config }) =>
    blockFp8(Array.isArray(config['weight_block_size']) ? (config['weight_block_size'] as number[]) : []),
  fbgemm_fp8: () => FP8,
  mxfp4: () => MXFP4,
  awq: integers,
  gptq: integers,
  awq_marlin: integers,
  gptq_marlin: integers,
  bitsandbytes: ({ config }) =>
    config['load_in_8bit'] === true ? { ...INT8, compute: 'bf16' } : groupedIntegers(4, 64, true),
  'compressed-tensors': ({ config, path }) => compressed(firstGroup(config), path, textOf({ config, path }, 'format')),
  modelopt,
  modelopt_fp4: () => NVFP4,
};

/** @param layers of the model. */
export function quantisationOf(file: ConfigFile, bytesPerParameter: number, layers: number): Quantisation {
  const given = file.config['quantization_config'];
  if (typeof given !== 'object' || given === null) return { unmodelled: [] };
  const own: ConfigFile = { path: file.path, config: given as Config };
  const method = textOf(own, 'quant_method');
  const type = Object.hasOwn(METHODS, method) ? METHODS[method]!(own) : undefined;
  if (type === undefined) {
    const what = `quantisation \`${method}\``;
    return {
      unmodelled: [{ what, size: `weights are taken as ${bytesPerParameter} bytes each, up to 4 times too many` }],
    };
  }
  const names = EXCLUDED.flatMap((key) => listOf(own, key) ?? []).map(String);
  // Engines leave the LM head as it is unless a file names it; of MXFP4 checkpoints all but the experts.
  const converted: readonly WeightPart[] = method === 'mxfp4' ? ['experts'] : ['attention', 'feedForward', 'experts'];
  const plain = unquantised(bytesPerParameter);
  const weights = Object.fromEntries(
    WEIGHT_PARTS.map((part) => {
      const share = converted.includes(part) ? 1 - excludedShare(part, names, layers) : 0;
      return [part, mixed(type, plain.weights[part], share)];
    }),
  ) as Precision['weights'];
  return { precision: { weights, kvBytes: kvBytes(own, plain.kvBytes) }, unmodelled: [] };
}

/** Of a part that is converted in some layers, the mean. */
function mixed(type: WeightType, plain: WeightType, share: number): WeightType {
  if (share === 0) return plain;
  return { bytes: share * type.bytes + (1 - share) * plain.bytes, compute: share > 0.5 ? type.compute : plain.compute };
}

function integers({ config }: ConfigFile): WeightType | undefined {
  const [bits, group] = [config['bits'] ?? config['w_bit'], config['group_size'] ?? config['q_group_size']];
  return typeof bits === 'number' ? groupedIntegers(bits, typeof group === 'number' ? group : -1, true) : undefined;
}

function firstGroup(config: Config): Config {
  const groups = config['config_groups'];
  return typeof groups === 'object' && groups !== null ? ((Object.values(groups)[0] as Config | undefined) ?? {}) : {};
}

/** A group of compressed-tensors: bits, kind and grouping of weights; whether activations are quantised too. */
function compressed(group: Config, path: string, format: string): WeightType | undefined {
  const weights = group['weights'];
  if (typeof weights !== 'object' || weights === null) return undefined;
  const own: ConfigFile = { path, config: weights as Config };
  const { num_bits: bits, group_size: size } = own.config as {
    readonly num_bits?: unknown;
    readonly group_size?: unknown;
  };
  const isFloat = textOf(own, 'type') === 'float';
  const isWeightOnly = group['input_activations'] === null || group['input_activations'] === undefined;
  const type =
    bits === 8
      ? isFloat
        ? FP8
        : INT8
      : bits === 4 && isFloat
        ? format.startsWith('mxfp4')
          ? MXFP4
          : NVFP4
        : typeof bits === 'number'
          ? groupedIntegers(bits, typeof size === 'number' ? size : -1, own.config['symmetric'] === false)
          : undefined;
  return type && isWeightOnly ? { ...type, compute: 'bf16' } : type;
}

function modelopt({ config, path }: ConfigFile): WeightType | undefined {
  const nested = config['quantization'];
  const own: ConfigFile = { path, config: typeof nested === 'object' && nested !== null ? (nested as Config) : config };
  const algorithm = textOf(own, 'quant_algo');
  return algorithm === 'FP8' ? FP8 : /FP4/.test(algorithm) ? NVFP4 : undefined;
}

function kvBytes({ config }: ConfigFile, plain: number): number {
  const scheme = config['kv_cache_scheme'];
  const algorithm = config['kv_cache_quant_algo'];
  const isNarrow = (typeof scheme === 'object' && scheme !== null) || algorithm === 'FP8';
  return isNarrow ? KV_FP8_BYTES : plain;
}
