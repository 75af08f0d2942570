export { isFactorAt, joinsAll } from './chains.ts';
export { bounds } from './bounds.ts';
export { canonicalKey } from './canonical-key.ts';
export { type Caps, checkCaps, DEFAULT_CAPS, overCaps } from './caps.ts';
export { conditionConstants, linearConstants } from './dependence.ts';
export type { Diagnostic } from './diagnostic.ts';
export { differentiate, differentiateGraph } from './differentiate.ts';
export { differentiateReverse } from './differentiate-reverse.ts';
export { type ColumnValue, evaluateColumns } from './evaluate-columns.ts';
export {
  type FeatureInfo,
  type FeatureTable,
  QUANTILE_LEVELS,
  type RequestTable,
  spreadOf,
  type TargetInfo,
} from './feature-table.ts';
export { formatDiagnostic } from './format-diagnostic.ts';
export { GraphBuilder, isBoolean } from './graph-builder.ts';
export { useCounts, withoutFeatures } from './graph-tools.ts';
export { guard } from './guard.ts';
export { evaluateNodes, type Inputs, interpret, own } from './interpret.ts';
export { contains, EVERYTHING, interval, type Interval } from './interval.ts';
export type { ConstantSpec, Graph, IrNode, Program } from './ir.ts';
export { whereNoticed } from './noticed.ts';
export { type Complexity, measure, measureAsIs } from './measure.ts';
export { literalOf } from './graph-tools.ts';
export { AFFINE, CURVED, type Degree, type Domain, INDEPENDENT } from './operations/columns.ts';
export type { DrawnBy } from './operations/grammar-role.ts';
export { OP_NAMES, OPERATIONS, type OpName } from './operations.ts';
export { parseExpression } from './parse-expression.ts';
export { parseProgram, type ParseOptions, type ParseResult } from './parse-program.ts';
export { type GoBody, printGo } from './print/go.ts';
export {
  KERNEL_PARAMETERS,
  printJavaScriptKernel,
} from './print/javascript-kernel.ts';
export { printExpression } from './print/expression.ts';
export { printLatex } from './print/latex.ts';
export { printPython } from './print/python.ts';
export { printMathml } from './print/mathml.ts';
export { printSource, type SourceOptions } from './print/source.ts';
export {
  batchReducer,
  featuresWith,
  fieldsOf,
  makeReduction,
  MOST_REDUCTIONS,
  reduceBatches,
  type Reduction,
  REDUCTION_NAMES,
  reductionInfo,
  type ReductionName,
  reductionOf,
  REDUCTIONS,
  reductionsOf,
  withReductions,
} from './reductions/index.ts';
export { readsBackAsIs, readSource } from './read-source.ts';
export { isSmallInteger } from './rewrite.ts';
export { rowEvaluator } from './row-evaluator.ts';
export { simplify } from './simplify.ts';
export { splitTerms, type Term } from './terms.ts';
export {
  type ConstantInfo,
  constantInfos,
  type ConstantRole,
  describeConstants,
  MIXED,
  nodeUnits,
  parseUnit,
  type Unit,
  unitText,
} from './units/index.ts';
export { VOCABULARY } from './vocabulary.ts';
