import type { Program } from '../../program/index.ts';
import { shippedProgram } from '../fitted-program.ts';

/** A form that others use, whose constants are fitted here to whatever was measured. */
export interface ReferenceProgram {
  readonly name: string;
  readonly program: Program;
}

/**
 * Reference predictors learn from step times; where clients alone measured, these are no more than estimates. These forms are fitted as
 * a run's programs are, to the sums that were measured.
 */
export const REFERENCE_PROGRAMS: readonly ReferenceProgram[] = [
  {
    // Williams, Waterman and Patterson, "Roofline", 2009, with one efficiency for everything.
    name: 'roofline-factor',
    program: shippedProgram(`
export const constants = { factor: 2 };
export function predictStepTime(batch, c) {
  const products = batch.prefillGemmUs + batch.decodeGemmUs;
  const attention = batch.prefillAttentionUs + batch.decodeAttentionUs;
  return c.factor * Math.max(products + attention, batch.weightsUs + batch.kvReadUs, 1);
}
`),
  },
  {
    // The form of inference-sim's trained physics: components with a factor each, and overheads.
    name: 'linear-components',
    program: shippedProgram(`
export const constants = { gemm: 1.5, weights: 1.2, kvCache: 1, allReduce: 1, perRequestUs: 20, perLayerUs: 25, stepUs: 500 };
export function predictStepTime(batch, c) {
  const products = c.gemm * (batch.prefillGemmUs + batch.decodeGemmUs);
  const bytes = c.weights * batch.weightsUs + c.kvCache * batch.kvReadUs + c.allReduce * batch.allReduceUs;
  return products + bytes + c.perRequestUs * batch.requests + c.perLayerUs * batch.layers + c.stepUs;
}
`),
  },
];
