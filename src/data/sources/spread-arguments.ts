import type { ServedType } from '../../physics/index.ts';
import type { Draft } from './argument-draft.ts';
import type { RunFacts } from './source.ts';

/** SGLang counts the GPUs of all ranks as tensor-parallel where attention is data-parallel; here they are those of one rank. */
export function withOwnRanks({ hasSharedRanks, ...facts }: Draft): RunFacts {
  const { tp, settings } = facts;
  const ranks = settings.dataParallel ?? 1;
  return hasSharedRanks === true && tp !== undefined && tp % ranks === 0 ? { ...facts, tp: tp / ranks } : facts;
}

export function sharedRanks(draft: Draft, value: unknown): boolean {
  if (String(value).toLowerCase() !== 'true') return String(value).toLowerCase() === 'false';
  draft.hasSharedRanks = true;
  return true;
}

/** What engines call types of weights; of checkpoints that are quantised their own configuration says more. */
const WEIGHT_TYPES: Readonly<Record<string, ServedType>> = {
  fp8: 'fp8',
  w8a8_fp8: 'fp8',
  w8a8_int8: 'int8',
  awq: 'int4',
  awq_marlin: 'int4',
  gptq: 'int4',
  gptq_marlin: 'int4',
  mxfp4: 'mxfp4',
  modelopt_fp4: 'nvfp4',
};

export function weightType({ settings }: Draft, value: unknown): boolean {
  const type = Object.hasOwn(WEIGHT_TYPES, String(value)) ? WEIGHT_TYPES[String(value)] : undefined;
  if (type !== undefined) settings.weights = type;
  return type !== undefined;
}

export function cacheType({ settings }: Draft, value: unknown): boolean {
  const isNarrow = typeof value === 'string' && value.startsWith('fp8');
  if (isNarrow) settings.kvCache = 'fp8';
  return isNarrow || value === 'auto';
}
