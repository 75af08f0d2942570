/**
 * The language of step-time programs: text is parsed into an expression graph and never run; everything else is computed or
 * printed from that graph.
 *
 * @packageDocumentation
 */
export {
  bounds,
  canonicalKey,
  type Caps,
  checkCaps,
  type ColumnValue,
  type Complexity,
  type ConstantSpec,
  DEFAULT_CAPS,
  type Diagnostic,
  differentiate,
  evaluateColumns,
  type FeatureInfo,
  type FeatureTable,
  formatDiagnostic,
  type Graph,
  GraphBuilder,
  type Inputs,
  interpret,
  type Interval,
  type IrNode,
  measure,
  type OpName,
  type ParseOptions,
  parseProgram,
  type ParseResult,
  printGo,
  printLatex,
  printMathml,
  printSource,
  type Program,
  type RequestTable,
  simplify,
  type SourceOptions,
} from './program/index.ts';
