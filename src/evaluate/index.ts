export { groupOf } from './groups.ts';
export { experimentMetrics, objectiveError, type WeightedMetrics } from './objectives.ts';
export { createPool } from './pool.ts';
export type { RequestWeights } from './observed-part.ts';
export { precheck } from './precheck.ts';
export { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from './settings.ts';
export { isFlatTable } from './target-range.ts';
export type {
  Accepted,
  Candidate,
  Evaluation,
  Evaluator,
  ExperimentMetrics,
  GroupFit,
  InvariantFigures,
  ObjectiveName,
  Rejected,
  RejectReason,
  RequestErrors,
  Scope,
} from './types.ts';
