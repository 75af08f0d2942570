import { type GeneralisationInput, HOLD_OUTS, judgeFolds, referencePredictors } from '../baselines/index.ts';
import type { Run } from '../run/index.ts';
import type { NestedValidation } from './validation-report.ts';
import type { NestedOptions, NestedSearches } from './nested-search.ts';
import { CONSTANT_SEED_NAME } from '../search/index.ts';
import { readSeedTexts } from './seeds.ts';

/** Judges what was found without each part, beside the run's own structure and the baselines. */
export async function validateNested(
  { config }: Run,
  input: GeneralisationInput,
  searches: NestedSearches,
  { generations = config.search.generations }: NestedOptions,
  onNote: ((line: string) => void) | undefined,
): Promise<NestedValidation> {
  const baselines = referencePredictors();
  const checks: Partial<Record<keyof NestedSearches, NestedValidation['checks'][keyof NestedSearches]>> = {};
  for (const name of HOLD_OUTS) {
    const found = searches[name];
    checks[name] =
      'impossible' in found
        ? found
        : await judgeFolds(input, found, baselines, (heldOut) => onNote?.(`judging without ${heldOut}`));
  }
  const shipped = new Set(readSeedTexts([{ name: 'launches' }]).map(({ source }) => source));
  return {
    generations,
    modelsLeftOut: config.llm !== undefined,
    otherSeeds: config.seeds.flatMap(({ name, source }) =>
      shipped.has(source) || name === CONSTANT_SEED_NAME ? [] : [name],
    ),
    checks: checks as NestedValidation['checks'],
  };
}
