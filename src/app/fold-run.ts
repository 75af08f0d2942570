import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/index.ts';
import type { HoldOutName, Part } from '../baselines/index.ts';
import { createRandom } from '../numeric/index.ts';
import { createRun, openRun, type Run, type RunConfig, runFiles } from '../run/index.ts';

const MOST_SEED = 2 ** 31;

/**
 * The run directory of a search without a part: below that of the run, by the name of the part and a digest of all that decides what
 * comes out. So what was begun goes on, and what was done is read.
 */
export function openFoldRun(run: Run, name: HoldOutName, part: Part, generations: number | undefined): Run {
  const config = foldConfig(run.config, name, part, generations);
  // Where the data lies decides nothing.
  const digest = sha256(canonicalJson({ ...config, data: { ...config.data, source: undefined } })).slice(0, 12);
  const directory = join(run.files.nested, `${name}-${part.heldOut.replaceAll(/[^\w.-]+/g, '-')}-${digest}`);
  if (existsSync(runFiles(directory).config)) return openRun(directory);
  // Whoever was killed before the configuration was written may have left a part of it.
  rmSync(directory, { recursive: true, force: true });
  return createRun(directory, config);
}

/** A run's settings with a seed of the fold's own, on data that says what is missing from it. */
function foldConfig(
  config: RunConfig,
  name: HoldOutName,
  { heldOut, ids, limits }: Part,
  generations: number | undefined,
): RunConfig {
  const { search, data, operator } = config;
  const operators = withoutModels(search.operators);
  return {
    ...config,
    llm: undefined,
    data: { ...data, hash: sha256(canonicalJson({ data: data.hash, without: { name, heldOut, ids, limits } })) },
    operator: operator in operators ? operator : Object.keys(operators)[0]!,
    search: {
      ...search,
      seed: createRandom(search.seed).split('nested', name, heldOut).integer(MOST_SEED),
      ...(generations !== undefined && { generations }),
      operators,
    },
  };
}

/** A search in each fold would ask models as often as all of the run did: the grammar takes their share. */
function withoutModels({ llm = 0, ...others }: RunConfig['search']['operators']): RunConfig['search']['operators'] {
  return llm === 0 ? others : { ...others, grammar: (others['grammar'] ?? 0) + llm };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
