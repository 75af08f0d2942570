import { type Archive, createArchive } from './archive/index.ts';
import type { Credits } from './credit.ts';
import type { SearchRejectReason, StopReason } from './events.ts';
import type { Individual } from './individual.ts';
import type { Attempt } from './operators/operator.ts';
import type { SearchSettings } from './settings.ts';
import { NO_SPENDING, type Spending, type Tallies } from './tally.ts';

/**
 * Counts of a search: `proposed` is the sum of `evaluated`, programs that were fitted to the end, and all of `rejected`, the ones
 * that lost the race among them.
 */
export interface Counts {
  readonly proposed: number;
  /** Programs that were scored by one linear fit, few of which were proposed. */
  readonly drafts: number;
  readonly evaluated: number;
  readonly rejected: Readonly<Partial<Record<SearchRejectReason, number>>>;
}

/** All that a search knows: what its events come to, see `SEARCH_STATE`. */
export interface SearchState {
  readonly settings: SearchSettings;
  /** The last committed generation; −1 before the seed programs. */
  readonly generation: number;
  readonly counts: Counts;
  readonly archive: Archive<Individual>;
  /** Ids of every program proposed in committed generations. */
  readonly known: ReadonlySet<string>;
  /** Program by fingerprint of its predictions, see `fingerprint`. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Credit by operator, then by mutation. */
  readonly credits: Readonly<Record<string, Credits>>;
  readonly operators: Tallies;
  /** Of the language models. */
  readonly models: Tallies;
  readonly spending: Spending;
  /** The last proposals of each operator that came to nothing, oldest first. */
  readonly attempts: Readonly<Record<string, readonly Attempt[]>>;
  /** The last generation in which an operator could not be reached. */
  readonly outages: Readonly<Record<string, number>>;
  /** Generations in a row in which models were asked in vain, and the calls up to the last of them. */
  readonly barren: { readonly generations: number; readonly calls: number };
  /** The best error that counted as an improvement, and when it came. */
  readonly progress: { readonly error: number; readonly generation: number };
  readonly stopped: StopReason | null;
}

/** The state before any event. */
export function initialState(settings: SearchSettings): SearchState {
  return {
    settings,
    generation: -1,
    counts: { proposed: 0, drafts: 0, evaluated: 0, rejected: {} },
    archive: createArchive(settings.islands),
    known: new Set(),
    fingerprints: new Map(),
    credits: {},
    operators: {},
    models: {},
    spending: NO_SPENDING,
    attempts: {},
    outages: {},
    barren: { generations: 0, calls: 0 },
    progress: { error: Infinity, generation: 0 },
    stopped: null,
  };
}
