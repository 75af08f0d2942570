// @ts-check
/**
 * Mixed attention: the KV-aware line, and that decoding beside a prompt costs more for each token of context: kernels that serve both
 * phases in one launch read the context of decodes more slowly.
 */
export const constants = {
  overheadUs: 8000,
  perPrefillTokenUs: 20,
  perDecodeTokenUs: 20,
  perKvTokenUs: 0.05,
  perMixedKvTokenUs: 0.03,
};

/**
 * @param {import('./steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  return (
    c.overheadUs +
    c.perPrefillTokenUs * batch.prefillTokens +
    c.perDecodeTokenUs * batch.decodeTokens +
    c.perKvTokenUs * batch.kvTokens +
    c.perMixedKvTokenUs * batch.hasPrefill * batch.decodeKvTokens
  );
}
