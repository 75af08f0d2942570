// @ts-check
/** Roofline: each phase is bound by compute or by memory, and the slower phase sets the step. */
export const constants = { compute: 1.6, memory: 1.3, overheadUs: 2000 };

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  const prefill = Math.max(
    c.compute * (batch.prefillGemmUs + batch.prefillAttentionUs),
    c.memory * batch.prefillMemoryUs,
  );
  const decode = Math.max(c.compute * (batch.decodeGemmUs + batch.decodeAttentionUs), c.memory * batch.decodeMemoryUs);
  return Math.max(prefill, decode) + c.overheadUs;
}
