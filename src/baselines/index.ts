export { referencePredictors } from './all.ts';
export { fittedProgram } from './fitted-program.ts';
export {
  type Comparison,
  type Contestant,
  type EntryKind,
  type Leaderboard,
  type LeaderboardRow,
  rank,
} from './leaderboard.ts';
export type { FittedPredictor, Predictor } from './predictor.ts';
export { PUBLISHED_FEATURES, publishedFeatures } from './published-features.ts';
export {
  type LabelledRows,
  openRows,
  refuseWithoutTestRows,
  type StepRows,
  type TrainingData,
  trainingData,
} from './rows.ts';
export { runPrograms } from './run-programs.ts';
export {
  absoluteErrors,
  FIGURES,
  type Figures,
  type Intervals,
  meanIntervals,
  metricsOf,
  overExperiments,
  type Predicted,
  summarise,
  type Summary,
} from './score.ts';
export {
  type Checked,
  checkInvariants,
  type GeneralisationInput,
  type HeldOut,
  type HoldOutCheck,
  type InvariantInput,
  type InvariantReport,
  leaveOneModelOut,
  leaveOneWorkloadOut,
  type LoadCheck,
  lowToHighLoad,
  type Monotonicity,
  type Positivity,
} from './validation/index.ts';
export {
  type ComparedRun,
  compareRuns,
  type OperatorGroup,
  RUN_FIGURES,
  type RunComparison,
  type RunFigures,
} from './comparison/compare-runs.ts';
export type { ConvergencePoint, CurvePoint, Spread } from './comparison/convergence.ts';
export type { Recurrence, Recurrences } from './comparison/structures.ts';
export { ALPHA_FEATURES, type QueueingScore, scoreQueueing } from './lpic/alpha.ts';
export { type Journey, readJourneys } from './lpic/journeys.ts';
