export {
  type Archive,
  type ArchiveFigures,
  archiveFigures,
  compareByError,
  createArchive,
  dominates,
  eliteUnion,
  entryLimit,
  type Entry,
  GRID,
  hypervolume,
  insert,
  type Insertion,
  insertIntoFront,
  isBetter,
  members,
  migrate,
  NICHES,
  nicheOf,
  type Criteria,
  weaklyDominates,
} from './archive/index.ts';
export { type CheckedProgram, checkProgram, type CheckResult, loggedProgram, programId } from './checked-program.ts';
export { costAwareWeights } from './assign.ts';
export { adaptiveWeights, type Credit, type Credits } from './credit.ts';
export type {
  ProposalFailure,
  ProposedEvent,
  ClosedLoopEvent,
  CoverageEvent,
  RefittedEvent,
  SearchEvent,
  SearchRejectReason,
  StopReason,
} from './events.ts';
export {
  EventWalk,
  type EventReader,
  ignore,
  readEvents,
} from './event-reader.ts';
export { withFittedStarts } from './fitted-starts.ts';
export {
  createIndividual,
  withFindings,
  type Individual,
  meanMape,
  type Origin,
  originOf,
  PRUNE_OPERATOR,
  SEED_OPERATOR,
} from './individual.ts';
export { type ColumnSeed, columnSeeds } from './column-seeds.ts';
export { CONSTANT_SEED_NAME, constantSource } from './last-resort.ts';
export type { SearchDependencies, Seed } from './dependencies.ts';
export { type Generation, search } from './loop.ts';
export {
  createBestOnlyOperator,
  createGrammarOperator,
  createRandomOperator,
  createLlmOperator,
  type KindName,
  type LlmSettings,
  type Operator,
  previewPrompt,
  type Proposal,
  type ProposalContext,
  type Task,
  TEMPLATE_NAMES,
} from './operators/index.ts';
export { PICK_DETAILS, PICK_RULE } from './choice-rule.ts';
export { type FailedGate, failedExportGates } from './gates.ts';
export { explainPick, pickProgram } from './pick.ts';
export { bestIndividual } from './progress.ts';
export { createSelector, crowdingDistances, nonDominatedRanks, type Selector } from './selection.ts';
export { DEFAULT_SETTINGS, type SearchSettings } from './settings.ts';
export { restoreSnapshot, type SearchSnapshot, takeSnapshot } from './snapshot.ts';
export { isEventType, SEARCH_STATE } from './state-reader.ts';
export { type Counts, initialState, type SearchState } from './search-state.ts';
export { type ModelSpending, NO_SPENDING, NO_TALLY, type Tally } from './tally.ts';
