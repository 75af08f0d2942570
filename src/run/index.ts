export { archiveHash } from './archive-hash.ts';
export { choiceOf, type ChoiceSummary } from './choice-summary.ts';
export { type LlmConfig, RUN_FORMAT, type EvaluationEffort, type RunConfig } from './config-schema.ts';
export {
  continueRun,
  type ContinuedRun,
  type ContinueOptions,
  type Generations,
  storeGenerations,
} from './continue.ts';
export { findProgram } from './find-program.ts';
export { runFeatures } from './run-features.ts';
export { runFiles } from './run-files.ts';
export { loggedGenerations, readLog } from './read-log.ts';
export { discardUncommitted, readState } from './read-state.ts';
export {
  createRun,
  freeRunDirectory,
  refuseUsedDirectory,
  latestRun,
  openRun,
  type Run,
  secondsOf,
} from './run-directory.ts';
export {
  frontEntries,
  type ClosedLoopSummary,
  type FrontEntry,
  frontEntry,
  type ProgramDetails,
  programDetails,
  type LlmSummary,
  type OperatorSummary,
  type RunSummary,
  runSummary,
} from './summary.ts';
export { recordTestAccess, type TestAccess } from './test-access.ts';
