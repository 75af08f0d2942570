import type { BlisSums } from './batch.ts';
import type { BlisModel } from './model.ts';

/** Shares of the peak FLOP/s that a phase reaches: `mfuPrefill` and `mfuDecode` of BLIS's hardware_config.json. */
export interface RooflineShares {
  readonly prefill: number;
  readonly decode: number;
}

/** As BLIS ships them for the H100. */
export const ROOFLINE_SHARES: RooflineShares = { prefill: 0.45, decode: 0.3 };

/** Times of a batch on all its GPUs, µs, were it bound by the FLOPs of a phase at the full peak, or by memory. */
export interface RooflineTimes {
  readonly prefillUs: number;
  readonly decodeUs: number;
  readonly memoryUs: number;
}

/** BLIS counts two matrices of a feed-forward in this formula, gated or not. */
const MATRICES = 2;

/** sim/latency/roofline.go, main of August 2026. */
export function rooflineTimes(m: BlisModel, s: BlisSums): RooflineTimes {
  const { layers: L, hidden: d, tp } = m;
  const headSize = d / m.heads;
  const dKv = m.kvHeads * headSize;
  const tokens = s.prefillTokens + s.decodes;
  const perToken =
    L * (2 * (d * d + 2 * d * dKv) + 2 * d * d) +
    2 * MATRICES * d * (m.expertLayers * m.expertSize * m.active + m.denseLayers * m.denseSize) +
    L * 2 * d;
  const perPair = L * m.heads * (4 * headSize + 5);
  const touched = m.experts === 0 ? 0 : m.experts * (1 - Math.pow((m.experts - m.active) / m.experts, tokens));
  const weights =
    (L * (d * (d + 2 * dKv) + d * d) +
      MATRICES * d * (m.expertLayers * m.expertSize * touched + m.denseLayers * m.denseSize)) *
    m.weightBytes;
  const cache = 2 * L * m.kvHeads * headSize * m.activationBytes;
  const moved = cache * (tokens + s.prefillContext + s.decodeContext) + L * d * m.activationBytes * tokens;
  const flops = (count: number, pairs: number): number => (perToken * count + perPair * pairs) / tp / m.flopsPerUs;
  return {
    prefillUs: flops(s.prefillTokens, s.causalPairs),
    decodeUs: flops(s.decodes, s.decodeContext),
    memoryUs: (weights + moved) / tp / m.bytesPerUs,
  };
}

/** Step time, µs; that of a batch without requests is 1. */
export function blisRooflineUs(m: BlisModel, s: BlisSums, shares: RooflineShares = ROOFLINE_SHARES): number {
  return s.requests === 0 ? 1 : Math.max(1, boundedBy(rooflineTimes(m, s), shares));
}

/** What the slower of compute and memory takes, µs. */
export function boundedBy({ prefillUs, decodeUs, memoryUs }: RooflineTimes, shares: RooflineShares): number {
  return Math.max(prefillUs / shares.prefill + decodeUs / shares.decode, memoryUs);
}
