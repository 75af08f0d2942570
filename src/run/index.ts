export { archiveHash } from './archive-hash.ts';
export { type LlmConfig, RUN_FORMAT, type EvaluationEffort, type RunConfig } from './config-schema.ts';
export { continueRun, type ContinuedRun, type ContinueOptions } from './continue.ts';
export type { LogPosition } from './event-log.ts';
export { findProgram } from './find-program.ts';
export { type RunFiles, runFiles } from './layout.ts';
export { readLog } from './read-log.ts';
export { discardUncommitted, readState, type StoredState } from './read-state.ts';
export { createRun, freeRunDirectory, latestRun, openRun, type Run, secondsOf } from './run-directory.ts';
export {
  frontier,
  type FrontierEntry,
  frontierEntry,
  type ProgramDetails,
  programDetails,
  type LlmSummary,
  llmSummary,
  type OperatorSummary,
  operatorSummaries,
  type RunSummary,
  runSummary,
} from './summary.ts';
export { recordTestAccess, type TestAccess } from './test-access.ts';
