import { Command, CommanderError } from 'commander';
import { declareCommands } from './commands.ts';
import { describeError, describeUsage } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage, 130 or 143 stopped by a signal. This is the
 * one place that prints errors.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', stopWithoutReader);
  // Progress that nobody can read is no reason to lose the work.
  process.stderr.on('error', () => {});
  const program = new Command('evolve');
  declareCommands(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      if (error.code !== 'commander.help') process.stderr.write(`evolve: ${describeUsage(error.message)}\n`);
      return EXIT.wrongUsage;
    }
    process.stderr.write(`evolve: ${describeError(error)}\n`);
    return error instanceof UsageError ? EXIT.wrongUsage : EXIT.failed;
  }
}

/** A reader that has seen enough, e.g. `| head`, is no failure; an output that cannot be written to, e.g. a full disk, is one. */
function stopWithoutReader(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  process.stderr.write(`evolve: standard output: ${describeError(error)}\n`);
  process.exit(EXIT.failed);
}
