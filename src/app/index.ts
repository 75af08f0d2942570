export { compareRuns } from './compare-runs.ts';
export type {
  CheckDocument,
  Agreement,
  CompareDocument,
  DataDocument,
  DiffDocument,
  Documents,
  ExportDocument,
  FrontierDocument,
  KeepDocument,
  LeaderboardDocument,
  LineageDocument,
  PromptChange,
  PromptDocument,
  QueueingReport,
  QueueStatusDocument,
  RefitDocument,
  ReportDocument,
  RunDocument,
  ShowDocument,
  SimulateDocument,
  ValidateDocument,
} from './documents.ts';
export type { BySplit, LatencyCheck } from './validation-report.ts';
export { checkExport, type CheckOptions } from './check-export.ts';
export { replayRun, type ReplayOptions, resumeRun } from './continue-run.ts';
export {
  type DataOptions,
  describeData,
  importData,
  type RawDemoOptions,
  writeDemoData,
  writeRawDemo,
} from './data.ts';
export { explainedProgram, programBeyondData } from './explain-program.ts';
export { type BlisExportOptions, exportBlisPatch } from './export-blis.ts';
export { exportProgramFormula, type FormulaExportOptions } from './export-formula.ts';
export { exportProgram, type ProgramExportOptions } from './export-program.ts';
export { type KeptProgram, readKeptProgram } from './hall-of-fame.ts';
export { keepProgram, type KeepOptions } from './keep-program.ts';
export { type LeaderboardOptions, rankPredictors } from './leaderboard.ts';
export type { ModelOptions } from './model-config.ts';
export { diffPrompts, type PromptOptions, readPrompt } from './preview-prompt.ts';
export type { NestedOptions, NestedProgress } from './nested-search.ts';
export { readReply, type StoredReply } from './stored-reply.ts';
export { diffPrograms, readFrontier, readLineage, readProgram } from './read-run.ts';
export type { QueueChoice } from './queue-access.ts';
export { readQueueStatus } from './queue-status.ts';
export { readRun } from './run-document.ts';
export { type ProgramScore, type ScoreOptions, scoreProgram } from './score-program.ts';
export { refitBlisForm, type RefitOptions } from './refit-form.ts';
export { type SimulateOptions, simulateProgram } from './simulate-program.ts';
export type { SeedText } from './seeds.ts';
export { serveQueue, type ServeQueueOptions } from './serve-queue.ts';
export { type Pages, PAGES_HOST, type PagesOptions, servePages } from './serve-pages.ts';
export { type RunOptions, type SeedsOptions, startRun, startSeeds } from './start-run.ts';
export { importTable, type TableOptions } from './table.ts';
export { validateProgram, type ValidateOptions } from './validate-program.ts';
export type { Follower, OpenedRun, WorkOptions } from './work.ts';
export { findRun, listRuns, openDataset } from './workspace.ts';
export { type ReportOptions, writeReport } from './write-report.ts';
