import { type Command, Option } from 'commander';
import { wholeNumber } from './options.ts';
import { jobs, json, queue, queueData } from './shared-flags.ts';

const MOST_PORT = 65_535;

/** The commands of a queue: `worker` and `queue status`. */
export function declareQueue(program: Command): void {
  program
    .command('worker')
    .summary('work for a queue: evaluate what others search for')
    .description(
      'Takes jobs from a queue on Redis or Valkey and does them in the same sandbox as a run of its own: programs to evaluate, searches of `run --seeds` and `validate --nested`, predictors of `leaderboard`. The first Ctrl-C or SIGTERM lets it end the jobs in hand, a second one ends it at once; what it was at is then taken over by others.',
    )
    .addOption(queue())
    .addOption(jobs())
    .option('--cache <dir>', 'folder for datasets (default: one for this user below the folder of caches)')
    .addOption(queueData())
    .addOption(
      new Option(
        '--health <port>',
        'answer GET /health on this port of all addresses: 200 as long as it takes jobs, else 503',
      ).argParser(wholeNumber(1, MOST_PORT)),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ evolve worker --queue redis://queue:6379
  $ EVOLVE_QUEUE=rediss://evolve:secret@queue:6380 evolve worker --jobs 16      hides the password from other users
  $ evolve worker --queue 'redis://queue?name=team-a' --health 8080             a queue of its own on a shared server`,
    )
    .action(async (options) => (await import('./worker.ts')).workerCommand(options));

  const command = program.command('queue').summary('the workers of a queue').description('The workers of a queue.');
  command
    .command('status')
    .summary('workers, their rates, and what waits')
    .description('Shows who works at a queue, how much was done in the last minute, and what waits.')
    .addOption(queue())
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  $ evolve queue status --queue redis://queue:6379
  $ evolve queue status --json | jq .waiting                                    EVOLVE_QUEUE says which`,
    )
    .action(async (options) => (await import('./queue-status.ts')).queueStatusCommand(options));
}
