// @ts-check
/** Components of the hardware, and kernels: what does not shrink with a faster GPU is the time that it takes to start them. */
export const constants = { gemm: 1.5, weights: 1.2, kvCache: 1, allReduce: 2, perRequestUs: 20, perKernelUs: 5 };

/**
 * @param {import('../steptime.d.ts').StepBatch} batch
 * @param {typeof constants} c
 */
export function predictStepTime(batch, c) {
  const products = c.gemm * (batch.prefillGemmUs + batch.decodeGemmUs);
  const attention = c.kvCache * batch.kvReadUs + c.perRequestUs * batch.requests;
  return (
    Math.max(products, c.weights * batch.weightsUs) +
    attention +
    c.allReduce * batch.allReduceUs +
    c.perKernelUs * batch.launches
  );
}
