// @ts-check
/** Blackbox: a line in the two token counts, the model that simulators use today. */
export const constants = { overheadUs: 8000, perPrefillTokenUs: 20, perDecodeTokenUs: 50 };

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  return c.overheadUs + c.perPrefillTokenUs * batch.prefillTokens + c.perDecodeTokenUs * batch.decodeTokens;
}
