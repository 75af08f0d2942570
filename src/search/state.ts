import { type Archive, insert, type Insertion, migrate, replace } from './archive/index.ts';
import { rewardOf, updateCredit } from './credit.ts';
import type { ProposedEvent, SearchEvent, SearchRejectReason } from './events.ts';
import { createIndividual, type Individual } from './individual.ts';
import type { Attempt } from './operators/operator.ts';
import { barrenAt, progressAt } from './progress.ts';
import { NOTHING_OPEN, type SearchState } from './search-state.ts';
import { readSource } from './source.ts';
import { credited, spend, type Tally, tallyInsertion, tallyUp } from './tally.ts';

/** Operator name of the programs that a search starts from. */
export const SEED_OPERATOR = 'seed';

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

const MOST_ATTEMPTS = 4;
const LONGEST_ATTEMPT = 1000;

/** The state with the tallies of the operator and the model of a proposal changed. */
const withTally = (
  state: SearchState,
  { operator, model }: Pick<ProposedEvent, 'operator' | 'model'>,
  change: (tally: Tally) => Partial<Tally>,
): SearchState => ({
  ...state,
  operators: tallyUp(state.operators, operator, change),
  models: model === undefined ? state.models : tallyUp(state.models, model, change),
});

/** Remembers what came to nothing, for operators that can read. */
const withAttempt = (
  state: SearchState,
  { operator, model, source }: ProposedEvent,
  { reason, detail }: Pick<Attempt, 'reason' | 'detail'>,
): SearchState => {
  if (model === undefined) return state;
  const attempt = { source: source.slice(0, LONGEST_ATTEMPT), reason, detail };
  const attempts = [...(state.attempts[operator] ?? []), attempt].slice(-MOST_ATTEMPTS);
  return { ...state, attempts: { ...state.attempts, [operator]: attempts } };
};

const FOLDS: { readonly [T in SearchEvent['type']]: Fold<Extract<SearchEvent, { type: T }>> } = {
  called: (state, event) => ({
    ...state,
    spending: spend(state.spending, event),
    operators: tallyUp(state.operators, event.operator, ({ costUsd }) => ({ costUsd: costUsd + (event.costUsd ?? 0) })),
    models: tallyUp(state.models, event.model, ({ costUsd }) => ({ costUsd: costUsd + (event.costUsd ?? 0) })),
    outages: event.outcome === 'failed' ? { ...state.outages, [event.operator]: event.generation } : state.outages,
  }),

  proposed: (state, event) =>
    withTally(
      {
        ...state,
        counts: { ...state.counts, proposed: state.counts.proposed + 1 },
        open: { ...state.open, proposed: [...state.open.proposed, event] },
      },
      event,
      ({ proposed, valid }) => ({ proposed: proposed + 1, valid: valid + (event.id === null ? 0 : 1) }),
    ),

  rejected: (state, event) => {
    const { sequence, reason } = event;
    const proposal = openProposal(state, sequence);
    const rejected = { ...state.counts.rejected, [reason]: (state.counts.rejected[reason] ?? 0) + 1 };
    let next: SearchState = withAttempt({ ...state, counts: { ...state.counts, rejected } }, proposal, event);
    if (reason === 'duplicate') next = withTally(next, proposal, ({ valid }) => ({ valid: valid - 1 }));
    if (reason === 'race') next = { ...next, open: { ...next.open, outraced: [...next.open.outraced, sequence] } };
    if (NO_CREDIT.has(reason)) return next;
    return withCredit(withTally(next, proposal, credited(0)), proposal, 0);
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
    const proposal = openProposal(state, event.sequence);
    return withCredit(withTally({ ...state, archive }, proposal, tallyInsertion(event)), proposal, rewardOf(event));
  },

  refitted: (state, { programs }) => {
    const refitted = programs.map(({ id, evaluation }) => {
      const earlier = state.archive.front.find((member) => member.id === id);
      if (earlier === undefined) throw new Error(`the front does not hold ${id}`);
      return createIndividual(earlier.origin, earlier.source, earlier.program, evaluation);
    });
    return { ...state, archive: replace(state.archive, refitted) };
  },

  migrated: (state) => ({ ...state, archive: migrate(state.archive, state.settings.migrants) }),

  frontier: (state) => state,

  validation: (state) => state,

  generation: (state, { generation, stopped }) => {
    const known = new Set(state.known);
    const fingerprints = new Map(state.fingerprints);
    for (const { id, fingerprint } of state.open.proposed) {
      if (id === null) continue;
      known.add(id);
      if (fingerprint !== undefined && !fingerprints.has(fingerprint)) fingerprints.set(fingerprint, id);
    }
    return {
      ...state,
      generation,
      known,
      fingerprints,
      barren: barrenAt(state),
      progress: progressAt(state, generation),
      stopped,
      open: NOTHING_OPEN,
    };
  },
};

/** Whether a log entry of this type is an event of a search. */
export const isEventType = (type: unknown): type is SearchEvent['type'] =>
  typeof type === 'string' && Object.hasOwn(FOLDS, type);

/** The state after one more event. Pure. */
export const applyEvent = (state: SearchState, event: SearchEvent): SearchState =>
  (FOLDS[event.type] as Fold<SearchEvent>)(state, event);
