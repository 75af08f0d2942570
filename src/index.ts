/**
 * What the commands of `evolve` do, as functions: typed options in, data out. Nothing here prints or reads the environment, and
 * importing it reads no file. The parts that these functions are made of stand in `evolve-steptime/program`,
 * `evolve-steptime/evaluate` and `evolve-steptime/search`.
 *
 * @packageDocumentation
 */
export {
  compareRuns,
  describeData,
  diffPrograms,
  exportProgram,
  findRun,
  importData,
  keepProgram,
  listRuns,
  openDataset,
  rankPredictors,
  readFrontier,
  readKeptProgram,
  readLineage,
  readProgram,
  readPrompt,
  readRun,
  replayRun,
  resumeRun,
  scoreProgram,
  servePages,
  startRun,
  startSeeds,
  validateProgram,
  writeDemoData,
  writeReport,
} from './app/index.ts';
export type {
  CompareDocument,
  DataDocument,
  DataOptions,
  DiffDocument,
  Documents,
  ExportDocument,
  Follower,
  FrontierDocument,
  KeepDocument,
  KeepOptions,
  KeptProgram,
  LeaderboardDocument,
  LeaderboardOptions,
  LineageDocument,
  ModelOptions,
  OpenedRun,
  Pages,
  PagesOptions,
  ProgramExportOptions,
  ProgramScore,
  PromptDocument,
  PromptOptions,
  ReplayOptions,
  ReportDocument,
  ReportOptions,
  RunDocument,
  RunOptions,
  ScoreOptions,
  SeedsOptions,
  SeedText,
  ShowDocument,
  ValidateDocument,
  ValidateOptions,
  WorkOptions,
} from './app/index.ts';
export { UserError } from './base/index.ts';
export type { Dataset, TargetName } from './data/index.ts';
export type { ExperimentMetrics, ObjectiveName, Scope } from './evaluate/index.ts';
export type { ExportOptions } from './export/index.ts';
export type { Run } from './run/index.ts';
