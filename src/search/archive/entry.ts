/** The objectives that are known before a program is evaluated. */
export interface Size {
  /** Operations of the program, see `measure`. */
  readonly operations: number;
  /** Distinct features that it reads. */
  readonly features: number;
}

/** The objectives of the search, all minimised. */
export interface Objectives extends Size {
  /** Fitness on training rows, percent. */
  readonly error: number;
}

/** What an archive keeps and compares. */
export interface Entry {
  readonly id: string;
  readonly objectives: Objectives;
  /** Decides between equal errors; smaller is better. */
  readonly tieBreak: number;
}

/** Lower error, then lower tie-break. An equal entry is not better: the one that came first stays. */
export const isBetter = (a: Entry, b: Entry): boolean =>
  a.objectives.error < b.objectives.error || (a.objectives.error === b.objectives.error && a.tieBreak < b.tieBreak);

/** Order by error, tie-break, operations, features; stable sorts keep the order of arrival beyond that. */
export const compareByError = (a: Entry, b: Entry): number =>
  a.objectives.error - b.objectives.error ||
  a.tieBreak - b.tieBreak ||
  a.objectives.operations - b.objectives.operations ||
  a.objectives.features - b.objectives.features;
