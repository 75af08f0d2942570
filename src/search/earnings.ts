import { updateCredit } from './credit.ts';
import type { ProposedEvent, SearchRejectReason } from './events.ts';
import { SEED_OPERATOR } from './individual.ts';
import type { Attempt } from './operators/operator.ts';
import type { SearchState } from './search-state.ts';
import { credited, type Tally, tallyUp } from './tally.ts';

/** Reasons that say nothing of a mutation's worth, because nothing was spent on the program. */
const NO_CREDIT: ReadonlySet<SearchRejectReason> = new Set(['duplicate', 'no-proposal', 'timeout', 'crash']);

const MOST_ATTEMPTS = 4;
const LONGEST_ATTEMPT = 1000;

/** The state with the tallies of the operator and the model of a proposal changed. */
export function withTally(
  state: SearchState,
  { operator, model }: Pick<ProposedEvent, 'operator' | 'model'>,
  change: (tally: Tally) => Partial<Tally>,
): SearchState {
  return {
    ...state,
    operators: tallyUp(state.operators, operator, change),
    models: model === undefined ? state.models : tallyUp(state.models, model, change),
  };
}

/** The state with the credit of a proposal's mutation moved by `reward`; seed programs are nobody's. */
export function withCredit(
  state: SearchState,
  { operator, mutation }: Pick<ProposedEvent, 'operator' | 'mutation'>,
  reward: number,
): SearchState {
  if (operator === SEED_OPERATOR) return state;
  const credits = state.credits[operator] ?? {};
  const credit = updateCredit(credits[mutation], reward);
  return { ...state, credits: { ...state.credits, [operator]: { ...credits, [mutation]: credit } } };
}

/** The state with what came to nothing remembered, for operators that can read. */
export function withAttempt(
  state: SearchState,
  { operator, model, source }: ProposedEvent,
  { reason, detail }: Pick<Attempt, 'reason' | 'detail'>,
): SearchState {
  if (model === undefined) return state;
  const attempt = { source: source.slice(0, LONGEST_ATTEMPT), reason, detail };
  const attempts = [...(state.attempts[operator] ?? []), attempt].slice(-MOST_ATTEMPTS);
  return { ...state, attempts: { ...state.attempts, [operator]: attempts } };
}

/** The state with the proposal's mutation debited, where something was spent on the program. */
export function withoutReward(state: SearchState, proposal: ProposedEvent, reason: SearchRejectReason): SearchState {
  return NO_CREDIT.has(reason) ? state : withCredit(withTally(state, proposal, credited(0)), proposal, 0);
}
