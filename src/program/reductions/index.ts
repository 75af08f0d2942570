export { batchReducer, reduceBatches } from './evaluate.ts';
export { featuresWith, reductionInfo, withReductions } from './info.ts';
export { fieldsOf, makeReduction, MOST_REDUCTIONS, type Reduction, reductionOf, reductionsOf } from './reduction.ts';
export { MIXED } from './unit.ts';
export { isReductionName, REDUCTION_NAMES, type ReductionName, type ReductionOp, REDUCTIONS } from './reduction-op.ts';
