import { DEFAULT_CAPS } from '../../src/program/index.ts';
import {
  createGrammarOperator,
  DEFAULT_SETTINGS,
  type Generation,
  initialState,
  search,
  type SearchDependencies,
  type SearchSettings,
  type SearchState,
} from '../../src/search/index.ts';
import { createToyEvaluator, TOY_FEATURES, TOY_SEEDS } from './toy-evaluator.ts';

export function toySettings(changes: Partial<SearchSettings> = {}): SearchSettings {
  return {
    ...DEFAULT_SETTINGS,
    generations: 6,
    seed: 3,
    migrationInterval: 2,
    reportInterval: 2,
    validationInterval: 3,
    caps: DEFAULT_CAPS,
    ...changes,
  };
}

export function toyDependencies(changes: Partial<SearchDependencies> = {}): SearchDependencies {
  return {
    evaluator: createToyEvaluator(),
    objective: 'replay',
    operators: [createGrammarOperator()],
    features: TOY_FEATURES,
    seeds: TOY_SEEDS,
    ...changes,
  };
}

/** Runs a search in the small world to its end. */
export async function toySearch(
  settings: SearchSettings = toySettings(),
  dependencies: SearchDependencies = toyDependencies(),
  start: SearchState = initialState(settings),
): Promise<{ readonly generations: readonly Generation[]; readonly state: SearchState }> {
  const generations: Generation[] = [];
  for await (const generation of search(start, dependencies)) generations.push(generation);
  return { generations, state: generations.at(-1)?.state ?? start };
}

let shared: ReturnType<typeof toySearch> | undefined;

/** The search of `toySettings()`, run once for all tests of a file; states are never changed. */
export function sharedToySearch(): ReturnType<typeof toySearch> {
  return (shared ??= toySearch());
}
