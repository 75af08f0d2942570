import type { Caps } from '../program/index.ts';

/** What a search does; frozen with the run. */
export interface SearchSettings {
  readonly seed: number;
  /** Generations to run, without generation 0 (the seed programs). */
  readonly generations: number;
  /** Children in a generation. */
  readonly children: number;
  /**
   * Programs that operators which cost nothing draw for each child; those that a quick score finds best are evaluated. 1, or absent as
   * in runs of before there were drafts: the first that is drawn.
   */
  readonly drafts?: number;
  readonly islands: number;
  /** Generations between two migrations. */
  readonly migrationInterval: number;
  /** Elites that each island sends to the next one. */
  readonly migrants: number;
  /** Generations between two reports of the front. */
  readonly reportInterval: number;
  /** Generations between two validation checks. */
  readonly validationInterval: number;
  /** Generations without an improvement of the best error after which the search stops. */
  readonly patience: number;
  /** Generations in a row in which language models were asked and gave no program to evaluate, after which the search stops. */
  readonly modelPatience: number;
  /** Relative decrease of the best error that counts as an improvement. */
  readonly tolerance: number;
  /** How often each operator makes a child, relative to the others. */
  readonly operators: Readonly<Record<string, number>>;
  /** Whether the weights of operators and models follow what they earn for what they cost. */
  readonly adaptive: boolean;
  readonly caps: Caps;
}

/** Every setting but the seed and the caps has a default. */
export const DEFAULT_SETTINGS: Omit<SearchSettings, 'seed' | 'caps'> = {
  generations: 100,
  children: 8,
  drafts: 12,
  islands: 4,
  migrationInterval: 10,
  migrants: 3,
  reportInterval: 50,
  validationInterval: 100,
  patience: 200,
  modelPatience: 10,
  tolerance: 0.005,
  operators: { grammar: 1 },
  adaptive: false,
};
