import type { ObjectiveName } from '../evaluate/index.ts';
import { explainPick, type Individual, PICK_RULE, type SearchState } from '../search/index.ts';

/** How the program that is chosen by default was chosen. */
export interface ChoiceSummary {
  /** The rule, in words. */
  readonly rule: string;
  /** Id of the program of the lowest validation error among those that could be picked. */
  readonly lowest: string;
  /**
   * 95 % interval of how far the pick's validation error is above the lowest, percentage points; null where the pick has the
   * lowest itself.
   */
  readonly difference: {
    /** Lower end; where it is above 0, the upper one is too low to be of use. */
    readonly low: number;
    /** Upper end. */
    readonly high: number;
  } | null;
  /** Validation rows, or requests, that decided. */
  readonly validationRows: number;
  /** What speaks against trusting the pick, one line each. */
  readonly warnings: readonly string[];
}

/** How a run's pick was chosen; null where there is none. */
export function choiceSummary({ archive }: SearchState, objective: ObjectiveName): ChoiceSummary | null {
  const pick = explainPick(archive.front, objective);
  if (pick === undefined) return null;
  const { lowest, difference = null, validationRows, warnings } = pick;
  return { rule: PICK_RULE, lowest, difference, validationRows, warnings };
}

/** The same for one program; null where it is not the pick. */
export function choiceOf(individual: Individual, state: SearchState, objective: ObjectiveName): ChoiceSummary | null {
  const pick = explainPick(state.archive.front, objective);
  return pick?.individual.id === individual.id ? choiceSummary(state, objective) : null;
}
