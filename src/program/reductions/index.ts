export { batchReducer, reduceBatches } from './evaluate.ts';
export { featuresWith, reductionInfo, withReductions } from './info.ts';
export { fieldsOf, makeReduction, MOST_REDUCTIONS, type Reduction, reductionOf, reductionsOf } from './reduction.ts';
export { REDUCTION_NAMES, type ReductionName, REDUCTIONS } from './reduction-op.ts';
