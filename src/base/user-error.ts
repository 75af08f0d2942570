/** What went wrong, as `room.what` in kebab case: the room that noticed it, and the thing. Callers may branch on it. */
export type ErrorCode = `${string}.${string}`;

/** Where it went wrong; all that is known of it. */
export interface Place {
  /** A file or a folder. */
  readonly file?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1: of a character in its line, or of a cell in its row. */
  readonly column?: number | undefined;
  /** Inside a document or a table: `experiments.3.rows`, ``column `tp`, record 7``. */
  readonly at?: string | undefined;
}

/** Figures and names that belong to an error, for whoever words it anew. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** The parts of an error. */
export interface UserErrorParts {
  readonly code: ErrorCode;
  readonly place?: Place | undefined;
  /** What is wrong, without the place: a clause without a full stop. */
  readonly problem: string;
  /**
   * What to do about it, as an imperative sentence. It speaks of the thing; how a flag or a command is spelled is not known
   * here.
   */
  readonly mend: string;
  readonly details?: ErrorDetails | undefined;
  readonly cause?: unknown;
}

/** An error that the user caused and can mend, as data; the command line prints it in one line, without a stack. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly problem: string;
  readonly mend: string;
  readonly details: ErrorDetails;

  constructor({ code, place = {}, problem, mend, details = {}, cause }: UserErrorParts) {
    const where = placeText(place);
    super(where === '' ? problem : `${where}: ${problem}`, cause === undefined ? undefined : { cause });
    this.name = 'UserError';
    this.code = code;
    this.place = Object.freeze({ ...place });
    this.problem = problem;
    this.mend = mend;
    this.details = Object.freeze({ ...details });
  }
}

/** A place as text: `file:line:column: at`, what is not known left out. */
export function placeText({ file, line, column, at }: Place): string {
  const inFile = [file, line, column].filter((part) => part !== undefined).join(':');
  return [inFile, at].filter((part) => part !== undefined && part !== '').join(': ');
}
