import { Option } from 'commander';
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

/** How many processes evaluate. */
export function jobs(): Option {
  return new Option('--jobs <n>', 'processes to evaluate with')
    .argParser(wholeNumber(1, MOST_JOBS))
    .default(availableProcessors());
}
