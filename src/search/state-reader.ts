import { migrate, replace } from './archive/index.ts';
import { rewardOf } from './credit.ts';
import { withAttempt, withCredit, withoutReward, withTally } from './earnings.ts';
import { type EventReader, ignore } from './event-reader.ts';
import type { SearchEvent } from './events.ts';
import { createIndividual, type Individual, withFindings } from './individual.ts';
import { place } from './place.ts';
import { barrenAt, progressAt } from './progress.ts';
import type { SearchState } from './search-state.ts';
import { spend, tallyInsertion, tallyUp } from './tally.ts';

/** The state of a search: pure, so that earlier states stay as they were. */
export const SEARCH_STATE: EventReader<SearchState> = {
  called: (state, event) => ({
    ...state,
    spending: spend(state.spending, event),
    operators: tallyUp(state.operators, event.operator, ({ costUsd }) => ({ costUsd: costUsd + (event.costUsd ?? 0) })),
    models: tallyUp(state.models, event.model, ({ costUsd }) => ({ costUsd: costUsd + (event.costUsd ?? 0) })),
    outages: event.outcome === 'failed' ? { ...state.outages, [event.operator]: event.generation } : state.outages,
  }),

  proposed: (state, event) =>
    withTally(
      { ...state, counts: { ...state.counts, proposed: state.counts.proposed + 1 } },
      event,
      ({ proposed, valid }) => ({ proposed: proposed + 1, valid: valid + (event.id === null ? 0 : 1) }),
    ),

  rejected: (state, event, context) => {
    const { sequence, reason } = event;
    const proposal = context.proposal(sequence).event;
    const rejected = { ...state.counts.rejected, [reason]: (state.counts.rejected[reason] ?? 0) + 1 };
    let next: SearchState = withAttempt({ ...state, counts: { ...state.counts, rejected } }, proposal, event);
    if (reason === 'duplicate') next = withTally(next, proposal, ({ valid }) => ({ valid: valid - 1 }));
    return withoutReward(next, proposal, reason);
  },

  evaluated: (state) => ({ ...state, counts: { ...state.counts, evaluated: state.counts.evaluated + 1 } }),

  inserted: (state, event, context) => {
    const { event: proposal, individual } = context.proposal(event.sequence);
    const { archive } = place(state.archive, individual);
    return withCredit(withTally({ ...state, archive }, proposal, tallyInsertion(event)), proposal, rewardOf(event));
  },

  refitted: (state, { programs }) =>
    withFront(
      state,
      programs.map(({ id, evaluation }) => {
        const earlier = memberOf(state, id);
        return createIndividual(earlier.origin, earlier, evaluation);
      }),
    ),

  'closed-loop': (state, { programs }) =>
    withFront(
      state,
      programs.map(({ id, closedLoop }) => withFindings(memberOf(state, id), { closedLoop })),
    ),

  coverage: (state, { programs }) =>
    withFront(
      state,
      programs.map(({ id, coverage }) => withFindings(memberOf(state, id), { coverage })),
    ),

  migrated: (state) => ({ ...state, archive: migrate(state.archive, state.settings.migrants) }),

  frontier: ignore,

  validation: ignore,

  generation: (state, { generation, stopped, drafts = 0 }, context) => {
    if (generation !== state.generation + 1)
      throw new Error(`generation ${generation} comes after ${state.generation}`);
    const known = new Set(state.known);
    const fingerprints = new Map(state.fingerprints);
    for (const { event } of context.proposals) {
      if (event.id === null) continue;
      known.add(event.id);
      if (event.fingerprint !== undefined && !fingerprints.has(event.fingerprint)) {
        fingerprints.set(event.fingerprint, event.id);
      }
    }
    return {
      ...state,
      counts: { ...state.counts, drafts: state.counts.drafts + drafts },
      generation,
      known,
      fingerprints,
      barren: barrenAt(state, context),
      progress: progressAt(state, generation),
      stopped,
    };
  },
};

function memberOf(state: SearchState, id: string): Individual {
  const member = state.archive.front.find((each) => each.id === id);
  if (member === undefined) throw new Error(`the front does not hold ${id}`);
  return member;
}

/** Programs of the front in the place of what they were. */
function withFront(state: SearchState, programs: readonly Individual[]): SearchState {
  return { ...state, archive: replace(state.archive, programs) };
}

/** Whether a log entry of this type is an event of a search. */
export function isEventType(type: unknown): type is SearchEvent['type'] {
  return typeof type === 'string' && Object.hasOwn(SEARCH_STATE, type);
}
