/**
 * Tables of rows, and the fitting and scoring of programs on them.
 *
 * @packageDocumentation
 */
export {
  buildTable,
  type DemoOptions,
  type Observations,
  type RegressionTable,
  type PlainTableOptions,
  simulateDemo,
  type SplitName,
  type SplitOrder,
  type TableExperiment,
  type TableOptions,
  tableOf,
} from './data/index.ts';
export {
  type Accepted,
  type Candidate,
  createPool,
  DEFAULT_EVALUATE_SETTINGS,
  type EvaluateSettings,
  type Evaluation,
  type Evaluator,
  type ExperimentMetrics,
  type GroupFit,
  type InvariantFigures,
  type ObjectiveName,
  type Rejected,
  type RejectReason,
  type RequestErrors,
  type RequestWeights,
  type Scope,
} from './evaluate/index.ts';
export type { RowRange } from './numeric/index.ts';
export type { RequestColumn, RequestRows } from './physics/index.ts';
