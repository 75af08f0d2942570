import type { Architecture } from '../../physics/index.ts';

export type Phase = 'prefill' | 'decode';

/** Where the roofline reads which share of the peak FLOP/s a kernel reaches (model FLOPs utilisation), 0–1. */
export interface Mfu {
  /** For the notes: `bench_data/h100`, or the constants. */
  readonly source: string;
  /** A matrix product of `m` tokens with a k × n weight. */
  gemm(phase: Phase, m: number, k: number, n: number): number;
  /** Attention of `batch` decoding requests over `context` tokens each. */
  decodeAttention(architecture: Architecture, tp: number, batch: number, context: number): number;
  /** Attention of a prompt of `tokens`. */
  prefillAttention(architecture: Architecture, tokens: number): number;
}

const PREFILL_MFU = 0.45;
const DECODE_MFU = 0.3;

/** One value for each phase, where no kernel was measured. */
export const CONSTANT_MFU: Mfu = Object.freeze({
  source: `constants: ${PREFILL_MFU} prefill, ${DECODE_MFU} decode`,
  gemm: (phase: Phase) => (phase === 'prefill' ? PREFILL_MFU : DECODE_MFU),
  decodeAttention: () => DECODE_MFU,
  prefillAttention: () => PREFILL_MFU,
});
