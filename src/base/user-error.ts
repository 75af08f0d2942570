/** An error that the user caused and can mend; the command line prints `message` and `mend` in one line, without a stack. */
export class UserError extends Error {
  /** What to do about it, as an imperative sentence. */
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.name = 'UserError';
    this.mend = mend;
  }
}
