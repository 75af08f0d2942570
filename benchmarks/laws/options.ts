import { parseArgs } from 'node:util';
import { availableProcessors } from '../../src/base/index.ts';
import type { Job, Searcher } from './outcome.ts';
import { COLLECTIONS, type Collection } from './problem.ts';

/** What the benchmark of laws is to do. */
export interface LawOptions {
  readonly full: boolean;
  readonly json: boolean;
  /** Ids of laws, and names of collections. */
  readonly only: readonly string[];
  /** CPU seconds a search, where they are not those of the collection. */
  readonly seconds: number | undefined;
  readonly python: string;
  /** Searches at a time. */
  readonly jobs: number;
}

/** Searches at a time where nothing is said: the measure is CPU time, but more would wait for each other's memory. */
const MOST_JOBS = 2;

/** What is searched for where nothing is said: as much as ends within ten minutes on two cores. */
const FORMULA_COLLECTIONS: readonly Collection[] = ['Feynman', 'Nguyen'];

/** @throws Error where an option is unknown or a law is */
export function readOptions(args: readonly string[]): LawOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string' },
      python: { type: 'string', default: process.env['PYTHON'] ?? 'python3' },
      jobs: { type: 'string', default: String(Math.min(MOST_JOBS, availableProcessors())) },
    },
  });
  const known = [...Object.keys(COLLECTIONS), ...Object.values(COLLECTIONS).flat()];
  const only = values.only?.split(',') ?? (values.full ? Object.keys(COLLECTIONS) : FORMULA_COLLECTIONS);
  const unknown = only.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Error(`no law ${unknown}; there are ${known.join(', ')}`);
  const { full, json, python } = values;
  return {
    full,
    json,
    only,
    python,
    jobs: positive('jobs', values.jobs),
    seconds: values.seconds === undefined ? undefined : positive('seconds', values.seconds),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} is a number above 0, not ${text}`);
  return value;
}

/** How a collection is searched: CPU seconds, seeds and noise. */
interface Plan {
  readonly seconds: number;
  readonly seeds: readonly number[];
  readonly noise: readonly number[];
}

const FORMULAS: Plan = { seconds: 20, seeds: [1], noise: [0] };
const FULL_FORMULAS: Plan = { seconds: 60, seeds: [1, 2, 3, 4, 5], noise: [0, 0.01] };
const SERVING: Plan = { seconds: 6, seeds: [1, 2, 3], noise: [0, 0.01] };

function planOf(collection: Collection, full: boolean): Plan {
  if (collection === 'serving') return SERVING;
  return full ? FULL_FORMULAS : FORMULAS;
}

/** Every search, those of one law by all searchers side by side. */
export function jobsOf({ full, only, python, seconds }: LawOptions, searchers: readonly Searcher[]): readonly Job[] {
  return (Object.keys(COLLECTIONS) as Collection[]).flatMap((collection) => {
    const plan = planOf(collection, full);
    return COLLECTIONS[collection]
      .filter((law) => only.includes(collection) || only.includes(law))
      .flatMap((law) =>
        plan.noise.flatMap((noise) =>
          plan.seeds.flatMap((seed) =>
            searchers.map(
              (searcher): Job => ({ searcher, collection, law, noise, seed, seconds: seconds ?? plan.seconds, python }),
            ),
          ),
        ),
      );
  });
}
