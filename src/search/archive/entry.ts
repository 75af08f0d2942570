/** The criteria that are known before a program is evaluated. */
export interface Size {
  /** Operations of the program, see `measure`. */
  readonly operations: number;
  /** Distinct features that it reads. */
  readonly features: number;
}

/** The criteria of the search, all minimised. */
export interface Criteria extends Size {
  /** By the run's objective on training rows, percent. */
  readonly error: number;
}

/** What an archive keeps and compares. */
export interface Entry {
  readonly id: string;
  readonly criteria: Criteria;
  /** Decides between equal errors; smaller is better. */
  readonly tieBreak: number;
}

/** Lower error, then lower tie-break. An equal entry is not better: the one that came first stays. */
export function isBetter(a: Entry, b: Entry): boolean {
  return a.criteria.error < b.criteria.error || (a.criteria.error === b.criteria.error && a.tieBreak < b.tieBreak);
}

/** Order by error, tie-break, operations, features; stable sorts keep the order of arrival beyond that. */
export function compareByError(a: Entry, b: Entry): number {
  return (
    a.criteria.error - b.criteria.error ||
    a.tieBreak - b.tieBreak ||
    a.criteria.operations - b.criteria.operations ||
    a.criteria.features - b.criteria.features
  );
}
