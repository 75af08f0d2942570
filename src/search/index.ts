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
  type Island,
  members,
  migrate,
  NICHES,
  nicheOf,
  type Objectives,
  REFERENCE,
  weaklyDominates,
} from './archive/index.ts';
export { type CheckedProgram, checkProgram, type CheckResult, loggedProgram, programId } from './checked-program.ts';
export { costAwareWeights, FALLBACK } from './assign.ts';
export type { CallReport } from './call-report.ts';
export { adaptiveWeights, type Credit, type Credits, rewardOf, updateCredit } from './credit.ts';
export type {
  CalledEvent,
  EvaluatedEvent,
  FrontierEvent,
  GenerationEvent,
  InsertedEvent,
  MigratedEvent,
  ProposalFailure,
  ProposedEvent,
  RefittedEvent,
  RejectedEvent,
  SearchEvent,
  SearchRejectReason,
  StopReason,
  ValidationEvent,
} from './events.ts';
export {
  EventWalk,
  type EventReader,
  ignore,
  type OpenProposal,
  readEvents,
  type ReadContext,
} from './event-reader.ts';
export { fingerprint } from './fingerprint.ts';
export { withFittedStarts } from './fitted-starts.ts';
export {
  createIndividual,
  type Individual,
  meanMape,
  type Origin,
  originOf,
  SEED_OPERATOR,
} from './individual.ts';
export { type Generation, search, type SearchDependencies, type Seed } from './loop.ts';
export {
  type Attempt,
  type Batch,
  createBestOnlyOperator,
  createGrammarOperator,
  createRandomOperator,
  createLlmOperator,
  type Draw,
  type KindName,
  KINDS,
  type Limits,
  type LlmOperatorOptions,
  type LlmSettings,
  type Operator,
  type OperatorHistory,
  previewPrompt,
  type PromptPreview,
  type Proposal,
  type ProposalContext,
  type ProposalGroup,
  type Task,
  TEMPLATE_NAMES,
  type TemplateName,
} from './operators/index.ts';
export { pickProgram } from './pick.ts';
export { bestIndividual } from './progress.ts';
export { createSelector, crowdingDistances, nonDominatedRanks, type Selector } from './selection.ts';
export { DEFAULT_SETTINGS, type SearchSettings } from './settings.ts';
export { restoreSnapshot, type SearchSnapshot, takeSnapshot } from './snapshot.ts';
export { readsBackAsIs, readSource } from './source.ts';
export { isEventType, SEARCH_STATE } from './state-reader.ts';
export { type Counts, initialState, type SearchState } from './search-state.ts';
export { type ModelSpending, NO_SPENDING, NO_TALLY, type Spending, type Tallies, type Tally } from './tally.ts';
