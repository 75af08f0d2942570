/** One search, in a process of its own. */
export interface SearchJob {
  readonly arm: string;
  readonly seed: number;
  readonly seconds: number;
  /** Dataset folder; the demo's rows of one model where it is absent. */
  readonly data?: string | undefined;
}

/** What it came to. */
export interface SearchOutcome {
  readonly generations: number;
  /** Programs that were scored by a linear fit at least, in all CPU seconds. */
  readonly candidates: number;
  readonly fitted: number;
  readonly cpuSeconds: number;
  /** Lowest on the front, and of the pick on rows that no search saw, percent. */
  readonly trainingError: number;
  readonly heldOutError: number;
  readonly operations: number;
  readonly hypervolume: number;
  /** Where the time went, CPU seconds. */
  readonly profile: Readonly<Record<'drafts' | 'fits' | 'rest', number>>;
}
