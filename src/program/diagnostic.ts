/** One thing wrong with a program's text; it goes back to whoever wrote the program, person or model. */
export interface Diagnostic {
  /** Stable, kebab-case, e.g. `unknown-feature`, `loop`, `too-many-operations`. */
  readonly code: string;
  /** What is wrong, in one line. */
  readonly message: string;
  /** What to write instead, in one line. */
  readonly mend: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}
