import { type Archive, compareByError, createArchive, insert, type Insertion, migrate } from './archive/index.ts';
import { type Credits, rewardOf, updateCredit } from './credit.ts';
import type { ProposedEvent, SearchEvent, SearchRejectReason, StopReason } from './events.ts';
import { createIndividual, type Individual } from './individual.ts';
import type { SearchSettings } from './settings.ts';
import { readSource } from './source.ts';

/** Operator name of the programs that a search starts from. */
export const SEED_OPERATOR = 'seed';

/** Counts of a search: `proposed` is the sum of `evaluated` and all of `rejected`. */
export interface Counts {
  readonly proposed: number;
  readonly evaluated: number;
  readonly rejected: Readonly<Partial<Record<SearchRejectReason, number>>>;
}

/** All that a search knows: the fold of its events. */
export interface SearchState {
  readonly settings: SearchSettings;
  /** The last committed generation; −1 before the seed programs. */
  readonly generation: number;
  readonly counts: Counts;
  readonly archive: Archive<Individual>;
  /** Ids of every program proposed in committed generations. */
  readonly known: ReadonlySet<string>;
  /** Credit by operator, then by mutation. */
  readonly credits: Readonly<Record<string, Credits>>;
  /** The best error that counted as an improvement, and when it came. */
  readonly progress: { readonly error: number; readonly generation: number };
  readonly stopped: StopReason | null;
  /** What the open generation has proposed, and the individuals that wait to be inserted. */
  readonly open: { readonly proposed: readonly ProposedEvent[]; readonly individuals: readonly Individual[] };
}

/** The state before any event. */
export const initialState = (settings: SearchSettings): SearchState => ({
  settings,
  generation: -1,
  counts: { proposed: 0, evaluated: 0, rejected: {} },
  archive: createArchive(settings.islands),
  known: new Set(),
  credits: {},
  progress: { error: Infinity, generation: 0 },
  stopped: null,
  open: { proposed: [], individuals: [] },
});

/** The program of the lowest error so far. */
export const bestIndividual = (state: SearchState): Individual | undefined =>
  [...state.archive.front].sort(compareByError)[0];

/** Offers an individual to its island; seed programs to all of them. */
export const place = (
  archive: Archive<Individual>,
  individual: Individual,
): { readonly archive: Archive<Individual>; readonly insertion: Insertion } => {
  const { operator, island } = individual.origin;
  if (operator !== SEED_OPERATOR) return insert(archive, island, individual);
  const first = insert(archive, 0, individual);
  let next = first.archive;
  for (let i = 1; i < archive.islands.length; i++) next = insert(next, i, individual).archive;
  return { archive: next, insertion: first.insertion };
};

type Fold<E extends SearchEvent> = (state: SearchState, event: E) => SearchState;

const openProposal = (state: SearchState, sequence: number): ProposedEvent => {
  const proposal = state.open.proposed.find((event) => event.sequence === sequence);
  if (proposal === undefined) throw new Error(`no open proposal ${sequence}`);
  return proposal;
};

const withCredit = (state: SearchState, { operator, mutation }: ProposedEvent, reward: number): SearchState => {
  if (operator === SEED_OPERATOR) return state;
  const credits = state.credits[operator] ?? {};
  const credit = updateCredit(credits[mutation], reward);
  return { ...state, credits: { ...state.credits, [operator]: { ...credits, [mutation]: credit } } };
};

/** Reasons that say nothing of a mutation's worth, because nothing was spent on the program. */
const NO_CREDIT: ReadonlySet<SearchRejectReason> = new Set(['duplicate', 'no-proposal', 'timeout', 'crash']);

const FOLDS: { readonly [T in SearchEvent['type']]: Fold<Extract<SearchEvent, { type: T }>> } = {
  proposed: (state, event) => ({
    ...state,
    counts: { ...state.counts, proposed: state.counts.proposed + 1 },
    open: { ...state.open, proposed: [...state.open.proposed, event] },
  }),

  rejected: (state, { sequence, reason }) => {
    const rejected = { ...state.counts.rejected, [reason]: (state.counts.rejected[reason] ?? 0) + 1 };
    const next = { ...state, counts: { ...state.counts, rejected } };
    return NO_CREDIT.has(reason) ? next : withCredit(next, openProposal(state, sequence), 0);
  },

  evaluated: (state, { sequence, evaluation }) => {
    const { generation, island, operator, mutation, parents, source } = openProposal(state, sequence);
    const origin = { sequence, generation, island, operator, mutation, parents };
    const individual = createIndividual(origin, source, readSource(source), evaluation);
    return {
      ...state,
      counts: { ...state.counts, evaluated: state.counts.evaluated + 1 },
      open: { ...state.open, individuals: [...state.open.individuals, individual] },
    };
  },

  inserted: (state, event) => {
    const individual = state.open.individuals.find(({ origin }) => origin.sequence === event.sequence);
    if (individual === undefined) throw new Error(`no evaluated proposal ${event.sequence}`);
    const { archive } = place(state.archive, individual);
    return withCredit({ ...state, archive }, openProposal(state, event.sequence), rewardOf(event));
  },

  migrated: (state) => ({ ...state, archive: migrate(state.archive, state.settings.migrants) }),

  frontier: (state) => state,

  validation: (state) => state,

  generation: (state, { generation, stopped }) => {
    const known = new Set(state.known);
    for (const { id } of state.open.proposed) if (id !== null) known.add(id);
    return {
      ...state,
      generation,
      known,
      progress: progressAt(state, generation),
      stopped,
      open: { proposed: [], individuals: [] },
    };
  },
};

/** The best error that counts as an improvement once `generation` is over. */
export const progressAt = (state: SearchState, generation: number): SearchState['progress'] => {
  const error = bestIndividual(state)?.objectives.error ?? Infinity;
  const improved = error < state.progress.error * (1 - state.settings.tolerance);
  return improved ? { error, generation } : state.progress;
};

/** The state after one more event. Pure. */
export const applyEvent = (state: SearchState, event: SearchEvent): SearchState =>
  (FOLDS[event.type] as Fold<SearchEvent>)(state, event);
