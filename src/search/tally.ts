import type { Insertion } from './archive/index.ts';
import type { CallReport } from './call-report.ts';
import { type Credit, rewardOf, updateCredit } from './credit.ts';

/** What an operator or a model has brought and cost. */
export interface Tally {
  readonly proposed: number;
  /** Programs that could be read, kept the caps and were new to the run. */
  readonly valid: number;
  /** Programs that the archive took. */
  readonly inserted: number;
  /** Programs that lowered the error of the Pareto front at their size. */
  readonly improved: number;
  /** USD; of models without a price nothing is added. */
  readonly costUsd: number;
  /** Reward of its proposals, recent ones counting more. */
  readonly credit: Credit | null;
}

export type Tallies = Readonly<Record<string, Tally>>;

export const NO_TALLY: Tally = Object.freeze({
  proposed: 0,
  valid: 0,
  inserted: 0,
  improved: 0,
  costUsd: 0,
  credit: null,
});

/** What the language models of a run were asked and have cost. */
export interface ModelSpending {
  readonly calls: number;
  readonly retries: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Calls whose model has no price; their cost is unknown. */
  readonly unpricedCalls: number;
  /** Of the calls with a price. */
  readonly costUsd: number;
}

export interface Spending extends ModelSpending {
  readonly byModel: Readonly<Record<string, ModelSpending>>;
}

const NOTHING: ModelSpending = { calls: 0, retries: 0, inputTokens: 0, outputTokens: 0, unpricedCalls: 0, costUsd: 0 };

export const NO_SPENDING: Spending = Object.freeze({ ...NOTHING, byModel: {} });

function addCall(sum: ModelSpending, call: CallReport): ModelSpending {
  return {
    calls: sum.calls + 1,
    retries: sum.retries + call.attempts - 1,
    inputTokens: sum.inputTokens + call.inputTokens,
    outputTokens: sum.outputTokens + call.outputTokens,
    unpricedCalls: sum.unpricedCalls + (call.costUsd === null ? 1 : 0),
    costUsd: sum.costUsd + (call.costUsd ?? 0),
  };
}

/** Spending after one more call. */
export function spend(spending: Spending, call: CallReport): Spending {
  return {
    ...addCall(spending, call),
    byModel: { ...spending.byModel, [call.model]: addCall(spending.byModel[call.model] ?? NOTHING, call) },
  };
}

/** Tallies with the one of `name` changed. */
export function tallyUp(tallies: Tallies, name: string, change: (tally: Tally) => Partial<Tally>): Tallies {
  const tally = tallies[name] ?? NO_TALLY;
  return { ...tallies, [name]: { ...tally, ...change(tally) } };
}

/** A proposal that earned `reward`. */
export function credited(reward: number) {
  return ({ credit }: Tally): Partial<Tally> => ({ credit: updateCredit(credit ?? undefined, reward) });
}

/** A program that was offered to the archive. */
export function tallyInsertion(insertion: Insertion) {
  return (tally: Tally): Partial<Tally> => ({
    ...credited(rewardOf(insertion))(tally),
    inserted: tally.inserted + (insertion.status !== 'rejected' || insertion.front ? 1 : 0),
    improved: tally.improved + (insertion.front && insertion.gain > 0 ? 1 : 0),
  });
}
