import { Command, CommanderError } from 'commander';
import { describeError, describeUsage } from './errors.ts';
import { declareCommands } from './commands.ts';

/** Exit codes of the command line. */
const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/**
 * Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage. This is the one place that prints
 * errors.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', stopQuietlyOnClosedPipe);
  const program = new Command('evolve');
  declareCommands(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return DONE;
      if (error.code !== 'commander.help') process.stderr.write(`evolve: ${describeUsage(error.message)}\n`);
      return WRONG_USAGE;
    }
    process.stderr.write(`evolve: ${describeError(error)}\n`);
    return FAILED;
  }
}

/** A reader that has seen enough, e.g. `| head`, is no failure. */
function stopQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(DONE);
  throw error;
}
