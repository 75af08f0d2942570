import type { ServingContext } from '../../physics/index.ts';
import type { StepWork } from './step-work.ts';

/** The law of one served model: the mean cycle of a step in µs. */
export type StepLaw = (work: StepWork) => number;

/**
 * The hidden law of the demo: the time that a step takes, before jitter. It is what a search on the demo data should
 * find, so nothing but the simulator may import this file: no seed, no baseline, no feature may know it.
 *
 * Memory traffic (weights once a step, the KV cache of every request) and compute (GEMMs, attention of prompt chunks, the
 * host's work for each request) overlap in part: their times join as a norm between sum and maximum. Within them, GEMM
 * time is a root of the batch where it is small, for lack of efficiency; pure decode batches are padded to the sizes of
 * captured CUDA graphs; KV reads are slow while there are too few sequences to fill the device; a mixture of experts
 * streams the experts that the batch is expected to touch. All-reduces and the host's work for each step come on top.
 */
export function hiddenLaw(context: ServingContext): StepLaw {
  const { architecture: a, hardware, tensorParallelism: tp } = context;
  const c = CONSTANTS;
  const kvWidth = a.kvHeads * a.headSize;
  const attentionParameters = a.layers * a.hiddenSize * (2 * a.hiddenSize + 2 * kvWidth);
  const expertParameters = a.layers * 3 * a.hiddenSize * a.intermediateSize;
  const headParameters = a.hiddenSize * a.vocabularySize;
  const peakPerUs = hardware.peakFlops * 1e-6;
  const bytesPerUs = hardware.memoryBandwidth * hardware.bandwidthEfficiency * 1e-6;

  const gemmUsPerToken =
    (2 * (attentionParameters + a.activeExperts * expertParameters + headParameters)) /
    tp /
    (peakPerUs * c.gemmEfficiency);
  const chunkAttentionUs = (4 * a.heads * a.headSize * a.layers) / tp / (peakPerUs * c.attentionEfficiency);
  const denseUs = ((attentionParameters + headParameters) * a.bytesPerParameter) / tp / bytesPerUs;
  const expertUs = (expertParameters * a.bytesPerParameter) / tp / bytesPerUs;
  const missLog = a.experts > 1 ? Math.log(1 - a.activeExperts / a.experts) : 0;
  const kvUsPerToken = (2 * a.layers * kvWidth * a.bytesPerParameter) / tp / (bytesPerUs * c.kvEfficiency);
  const hostUs = c.stepUs + c.workerUs * tp;
  const reduces = tp > 1 ? 2 * a.layers : 0;
  const reduceUsPerToken =
    (2 * (tp - 1) * a.hiddenSize * a.bytesPerParameter * 1e6) /
    tp /
    (hardware.interconnectBandwidth * c.reduceEfficiency);

  return (work) => {
    const tokens = work.prefillTokens + work.decodeTokens;
    const requests = work.prefillRequests + work.decodeRequests;
    const captured = work.prefillTokens === 0 && tokens === requests;
    const rows = captured ? Math.ceil(tokens / c.graphStep) * c.graphStep : tokens;
    const experts = a.experts > 1 ? a.experts * -Math.expm1(tokens * missLog) : 1;

    const gemmUs = gemmUsPerToken * Math.sqrt(rows * (rows + c.gemmHalfRows)) + chunkAttentionUs * work.chunkAttention;
    const weightsUs = denseUs + expertUs * experts;
    const kvUs = kvUsPerToken * (work.contextTokens + tokens) * Math.sqrt(1 + c.kvHalfRequests / requests);
    const reduceUs = reduces * (c.reduceLatencyUs + reduceUsPerToken * tokens);
    return overlap(weightsUs + kvUs, gemmUs + c.requestUs * requests) + reduceUs + hostUs;
  };
}

const CONSTANTS = Object.freeze({
  gemmEfficiency: 0.72,
  gemmHalfRows: 48,
  attentionEfficiency: 0.35,
  kvEfficiency: 0.85,
  kvHalfRequests: 80,
  graphStep: 8,
  reduceLatencyUs: 12,
  reduceEfficiency: 0.45,
  stepUs: 600,
  workerUs: 250,
  requestUs: 70,
  overlapPower: 2.3,
});

/** The p-norm of two times, by the exp and log of the engine, which give the same bits on every machine. */
function overlap(x: number, y: number): number {
  const p = CONSTANTS.overlapPower;
  const most = Math.max(x, y);
  return most * Math.exp(Math.log1p(Math.exp(p * Math.log(Math.min(x, y) / most))) / p);
}
