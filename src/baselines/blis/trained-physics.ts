import type { BlisSums } from './batch.ts';
import type { BlisModel } from './model.ts';

/** Its coefficients: β₁ to β₁₀ in the order of BLIS's `beta_coeffs`, and the eleventh, of traffic to experts. */
export const TRAINED_PHYSICS_TERMS = [
  'prefillCompute',
  'decodeCompute',
  'weights',
  'allReduce',
  'layerUs',
  'requestUs',
  'stepUs',
  'expertLayerUs',
  'prefillCache',
  'decodeCache',
  'expertTraffic',
] as const;

/** As BLIS ships them (defaults.yaml, main of August 2026). */
export const TRAINED_PHYSICS_BETA: readonly number[] = [
  0.152128, 0, 1.36252915, 0.752037, 32.09546717, 4.41684444, 126.024825, 481.8613888, 0, 1.94710771, 0.752037,
];
/** Queueing µs, completion µs, µs for each output token. */
export const TRAINED_PHYSICS_ALPHA: readonly [number, number, number] = [15563.199579, 777.3455, 45.907545];

/** BLIS always takes 2 bytes for an entry of the KV cache. */
const KV_BYTES = 2;

/**
 * What each coefficient of BLIS's default formula is multiplied with, µs or counts: the formula is linear in them
 * (sim/latency/trained_physics_model.go, main of August 2026; ten coefficients and that of traffic to experts, all-gather).
 */
export function trainedPhysicsTerms(m: BlisModel, s: BlisSums): readonly number[] {
  const { layers: L, hidden: d, tp, dp, flopsPerUs, bytesPerUs } = m;
  const group = m.experts > 0 ? tp * dp : tp;
  const dKv = m.kvHeads * m.headSize;
  const tokens = s.prefillTokens + s.decodes;
  const products = (x: number): number => {
    const projections = (L * 2 * x * d * (2 * d + 2 * dKv)) / (tp * dp);
    const routed = m.expertLayers * ((x * m.active) / group) * 6 * d * m.expertSize;
    const shared = (m.expertLayers * x * 6 * d * m.sharedSize) / (tp * dp);
    const dense = (m.denseLayers * x * 6 * d * m.denseSize) / (tp * dp);
    return projections + routed + shared + dense;
  };
  const attention = (pairs: number): number => (L * 4 * (m.heads / tp) * pairs * m.headSize) / dp;
  const cache = (entries: number): number => (L * 2 * (dKv / (tp * dp)) * entries * KV_BYTES) / bytesPerUs;
  const weights =
    (L * d * (2 * d + 2 * dKv) * m.weightBytes) / tp +
    m.expertLayers * (m.experts / group) * 3 * d * m.expertSize * m.weightBytes +
    (m.expertLayers * 3 * d * m.sharedSize * m.weightBytes) / tp +
    (m.denseLayers * 3 * d * m.denseSize * m.weightBytes) / tp;
  const allReduce = (units: number): number =>
    (units * tokens * d * m.activationBytes * 2 * ((tp - 1) / tp)) / bytesPerUs;
  const dispatch =
    m.experts > 0 && dp > 1
      ? (m.expertLayers * (tokens / dp) * ((group - 1) / group) * 2 * d * m.activationBytes) / bytesPerUs
      : 0;
  return [
    (products(s.prefillTokens) + attention(s.promptPairs)) / flopsPerUs,
    (products(s.decodes) + attention(s.decodeContext)) / flopsPerUs,
    weights / bytesPerUs,
    (allReduce(L) + allReduce(m.denseLayers)) / dp + (dp === 1 ? allReduce(m.expertLayers) : 0),
    L,
    s.requests,
    1,
    0,
    cache(s.prefillTokens),
    cache(s.decodeContext + s.decodes),
    dispatch,
  ];
}

/** Step time, µs; that of a batch without requests is 1. */
export function trainedPhysicsUs(m: BlisModel, s: BlisSums, beta: readonly number[] = TRAINED_PHYSICS_BETA): number {
  if (s.requests === 0) return 1;
  const us = trainedPhysicsTerms(m, s).reduce((sum, term, at) => sum + term * beta[at]!, 0);
  return Math.max(1, us);
}
