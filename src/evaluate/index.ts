export {
  beyondData,
  type BeyondData,
  flatStretches,
  type FlatStretches,
  type ResponseCurves,
  responseCurves,
  type ResponsePoint,
  shownPoints,
} from './beyond/index.ts';
export { entryNames, firstEntries, namedEntries, withoutSecondEntries } from './entries.ts';
export { groupOf } from './groups.ts';
export { refuseOneFold, systemFolds } from './hold-out.ts';
export {
  experimentMetrics,
  joinedError,
  objectiveError,
  type WeightedError,
  type WeightedMetrics,
} from './objectives.ts';
export { clientOverheads } from './closed-loop/client-overheads.ts';
export type { ClientLoop } from './closed-loop/client-loop.ts';
export { clientFigures, type ClientFigures } from './closed-loop/latencies.ts';
export type { Distributions } from './closed-loop/distributions.ts';
export type { LoadTimeline } from './closed-loop/load-timeline.ts';
export { type ProgramLoops, programLoops } from './closed-loop/program-loops.ts';
export { closedLoop, type ClosedLoop, judgeLoad, serveLoad, type Timing, type WhatIf } from './closed-loop/simulate.ts';
export { fitsInUse, floorInUse } from './fits-in-use.ts';
export type { WorkExecutor } from './executor.ts';
export type { InitMessage, Work } from './messages.ts';
export { createPool, initMessage, ProcessPool } from './pool.ts';
export { PRIOR_TABLE, readPriors } from './priors/read.ts';
export { DEFAULT_PRIORS, NO_PRIORS, type PriorTable, withPriors } from './priors/table.ts';
export type { RequestWeights } from './observed-part.ts';
export { precheck } from './precheck.ts';
export { TILES } from './residual-terms/library.ts';
export type { ResidualTerm } from './residual-terms/residual-term.ts';
export { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from './settings.ts';
export { referenceResults } from './reference-results.ts';
export { whyFlatTable } from './target-range.ts';
export type {
  Accepted,
  BlockErrors,
  Candidate,
  ClosedLoopFit,
  DraftScore,
  Evaluation,
  Evaluator,
  ExperimentMetrics,
  FloorFigures,
  GroupFit,
  GroupStarts,
  IntervalCoverage,
  LatencyErrors,
  InvariantFigures,
  ObjectiveName,
  Rejected,
  RejectReason,
  RequestErrors,
  Scope,
} from './types.ts';
export { WorkEvaluator } from './work-evaluator.ts';
export type { WorkOutcome } from './worker-process.ts';
export { workerEnvironment } from './worker-environment.ts';
