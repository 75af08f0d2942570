import { type Command, Option } from 'commander';
import { availableProcessors } from '../base/index.ts';
import { wholeNumber } from './options.ts';

/** Each holds the data; more than a large machine has processors only eat its memory. */
const MOST_JOBS = 1024;

/** One document on stdout. */
export function json(): Option {
  return new Option('--json', 'print one JSON document on stdout and nothing else').default(false);
}

/** A table for other programs. */
export function csv(): Option {
  return new Option('--csv', 'print comma-separated values on stdout and nothing else')
    .default(false)
    .conflicts('json');
}

/** An empty variable of the environment is as good as none. */
function unlessEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** A queue whose workers evaluate. Its address is checked where it is used: what a parser of flags refuses it would print. */
export function queue(): Option {
  return new Option('--queue <url>', 'let workers of this queue evaluate: redis://host or rediss://user:password@host')
    .env('EVOLVE_QUEUE')
    .argParser(unlessEmpty);
}

/** Where datasets lie for all machines of a queue. */
export function queueData(): Option {
  return new Option(
    '--queue-data <dir>',
    'folder that all machines of the queue see, for its datasets (default: they go through the server)',
  )
    .env('EVOLVE_QUEUE_DATA')
    .argParser(unlessEmpty);
}

/** How many processes evaluate. */
export function jobs(): Option {
  return new Option('--jobs <n>', 'processes to evaluate with')
    .argParser(wholeNumber(1, MOST_JOBS))
    .default(availableProcessors());
}

/** Flags that the user typed, e.g. `--seed`; what the environment says is not among them. */
export function explicitFlags(command: Command): readonly string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long ?? '');
}
