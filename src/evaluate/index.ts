export { entryNames, firstEntries, namedEntries, withoutSecondEntries } from './entries.ts';
export { groupOf } from './groups.ts';
export { experimentMetrics, objectiveError, type WeightedMetrics } from './objectives.ts';
export { clientOverheads } from './closed-loop/client-overheads.ts';
export type { ClientFigures } from './closed-loop/latencies.ts';
export { closedLoop, type ClosedLoop, type WhatIf } from './closed-loop/simulate.ts';
export { fitOfExperiment, fitsInUse } from './fits-in-use.ts';
export { createPool } from './pool.ts';
export type { RequestWeights } from './observed-part.ts';
export { precheck } from './precheck.ts';
export { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from './settings.ts';
export { isFlatTable } from './target-range.ts';
export type {
  Accepted,
  Candidate,
  ClosedLoopFit,
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
