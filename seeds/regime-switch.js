// @ts-check
/** Regime switch: a line of its own for light and for heavy context load. */
export const constants = {
  kvThresholdTokens: 28000,
  lightBaseUs: 8000,
  lightPerRequestUs: 50,
  heavyBaseUs: 10000,
  heavyPerRequestUs: 50,
  perPrefillTokenUs: 20,
};

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  const regime =
    batch.kvTokens <= c.kvThresholdTokens
      ? c.lightBaseUs + c.lightPerRequestUs * batch.requests
      : c.heavyBaseUs + c.heavyPerRequestUs * batch.requests;
  return regime + c.perPrefillTokenUs * batch.prefillTokens;
}
