// @ts-check
/** KV-aware: the token line plus the time to read the context that attention needs. */
export const constants = { overheadUs: 8000, perPrefillTokenUs: 20, perDecodeTokenUs: 40, perKvTokenUs: 0.05 };

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  return (
    c.overheadUs +
    c.perPrefillTokenUs * batch.prefillTokens +
    c.perDecodeTokenUs * batch.decodeTokens +
    c.perKvTokenUs * batch.kvTokens
  );
}
