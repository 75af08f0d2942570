export { referencePredictors } from './all.ts';
export { type BlisForm, type RefittedForm, refitForm } from './blis/refit.ts';
export {
  boundsOf,
  type CheckedPart,
  checkDrift,
  type DriftCheck,
  type DriftVerdict,
  experimentsOf,
  type FittedRange,
  type Standing,
  standingOf,
} from './drift/index.ts';
export {
  BATCH_REGIMES,
  type Explanation,
  explainProgram,
  type FoundSign,
  type TermShares,
} from './explanation/index.ts';
export { fittedProgram } from './fitted-program.ts';
export { leaderboardOf, rank, scoreContestant } from './leaderboard.ts';
export type { Contestant, LeaderboardRow } from './leaderboard-row.ts';
export type { Scored as ScoredContestant } from './versus-best.ts';
export type { FittedPredictor, Predictor } from './predictor.ts';
export { PUBLISHED_FEATURES, publishedFeatures } from './published-features.ts';
export {
  type LabelledRows,
  openRows,
  refuseWithoutTest,
  replayedRows,
  type TrainingData,
  trainingData,
} from './rows.ts';
export { type ClosedLoopScore, closedLoopScore, type LatencyErrors, type LoopErrors } from './closed-loop/score.ts';
export { OVERHEADS_OF, serveExperiments, withClients } from './closed-loop/serve-experiments.ts';
export { runPrograms } from './run-programs.ts';
export {
  absoluteErrors,
  type Figures,
  type Intervals,
  meanIntervals,
  metricsOf,
  overExperiments,
} from './score.ts';
export {
  type Checked,
  checkInvariants,
  type FoldPick,
  type FoldSearch,
  foldOf,
  type GeneralisationInput,
  HOLD_OUTS,
  holdOut,
  type HoldOutCheck,
  type HoldOutName,
  type InvariantReport,
  judgeFolds,
  type LoadCheck,
  lowToHighLoad,
  type NestedCheck,
  type Part,
  PARTS,
} from './validation/index.ts';
export {
  compareRuns,
  RUN_FIGURES,
  type RunComparison,
} from './comparison/compare-runs.ts';
export type { Spread } from './comparison/convergence.ts';
export type { Recurrence } from './comparison/structures.ts';
export { type QueueingScore, scoreQueueing } from './lpic/alpha.ts';
export {
  REFERENCE_PROGRAMS,
  transferBaseline,
  type TransferContestant,
  transferProgram,
  type TransferReport,
  transferReport,
  type TransferRow,
} from './transfer/index.ts';
export { type LearningCurves, learningCurves } from './learning-curve/learning-curve.ts';
