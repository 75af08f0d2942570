import { UserError } from '../base/index.ts';

/** A command line that contradicts itself, in words of flags and commands; it ends with the exit code of wrong usage. */
export class UsageError extends UserError {
  constructor(problem: string, mend: string) {
    super({ code: 'cli.usage', problem, mend });
    this.name = 'UsageError';
  }
}
