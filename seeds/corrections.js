// @ts-check
/** Analytical corrections: one factor for each component time, as if the components ran one after another. */
export const constants = {
  prefillGemm: 1.5,
  prefillAttention: 1.5,
  decodeGemm: 1.5,
  decodeAttention: 1.5,
  decodeMemory: 1.2,
  overheadUs: 2000,
};

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  return (
    c.prefillGemm * batch.prefillGemmUs +
    c.prefillAttention * batch.prefillAttentionUs +
    c.decodeGemm * batch.decodeGemmUs +
    c.decodeAttention * batch.decodeAttentionUs +
    c.decodeMemory * batch.decodeMemoryUs +
    c.overheadUs
  );
}
