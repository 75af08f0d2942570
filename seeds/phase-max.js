// @ts-check
/** Phase-decomposed: prefill and decode overlap fully, and the slower phase sets the step. */
export const constants = { prefillBaseUs: 6000, perPrefillTokenUs: 20, decodeBaseUs: 8000, perDecodeTokenUs: 50 };

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  const prefill = c.prefillBaseUs + c.perPrefillTokenUs * batch.prefillTokens;
  const decode = c.decodeBaseUs + c.perDecodeTokenUs * batch.decodeTokens;
  return Math.max(prefill, decode);
}
