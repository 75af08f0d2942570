/**
 * The search: an archive of programs, operators that make new ones, and the loop that evaluates them generation by generation.
 *
 * @packageDocumentation
 */
export { createRandom, type Random } from './numeric/index.ts';
export {
  type Archive,
  type CheckedProgram,
  type ColumnSeed,
  columnSeeds,
  checkProgram,
  type CheckResult,
  createBestOnlyOperator,
  createGrammarOperator,
  createRandomOperator,
  type Credit,
  type Credits,
  DEFAULT_SETTINGS,
  type Generation,
  type Individual,
  initialState,
  type Criteria,
  type Operator,
  type Origin,
  pickProgram,
  type Proposal,
  type ProposalContext,
  type ProposalFailure,
  search,
  type SearchDependencies,
  type SearchEvent,
  type SearchSettings,
  type SearchState,
  type Seed,
  type Selector,
  type StopReason,
} from './search/index.ts';
