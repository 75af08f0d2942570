import { buildTable, type TargetName } from '../data/index.ts';
import type { ObjectiveName, Scope } from '../evaluate/index.ts';
import { DEFAULT_CAPS } from '../program/index.ts';
import { createRun, freeRunDirectory, RUN_FORMAT, type RunConfig } from '../run/index.ts';
import { DEFAULT_SETTINGS } from '../search/index.ts';
import { carryOn } from './carry-on.ts';
import { parseSeeds, readSeedTexts } from './seeds.ts';
import { openDataset, RUNS, sourceOf } from './workspace.ts';

interface RunOptions {
  readonly data?: string;
  readonly target: TargetName;
  readonly objective?: ObjectiveName;
  readonly scope: Scope;
  readonly generations: number;
  readonly children: number;
  readonly islands: number;
  readonly seed: number;
  readonly operator: string;
  readonly maxOperations: number;
  readonly maxConditionals: number;
  readonly maxConstants: number;
  readonly timeout: number;
  readonly jobs: number;
  readonly out?: string;
  readonly json: boolean;
}

/** An end-to-end sum means nothing on the scheduler's duration, so that target is scored row by row. */
const DEFAULT_OBJECTIVE: { readonly [T in TargetName]: ObjectiveName } = { cycle: 'e2e', duration: 'mape' };

/** `evolve run`. */
export async function runCommand(options: RunOptions): Promise<void> {
  const dataset = await openDataset(options.data);
  const seeds = readSeedTexts();
  parseSeeds(seeds);
  // A dataset that lacks the target is refused before anything is written.
  buildTable(dataset, { target: options.target, splits: ['train'] });
  const config: RunConfig = {
    format: RUN_FORMAT,
    data: { source: sourceOf(options.data), hash: dataset.hash },
    target: options.target,
    objective: options.objective ?? DEFAULT_OBJECTIVE[options.target],
    scope: options.scope,
    operator: options.operator,
    timeoutSeconds: options.timeout,
    search: {
      ...DEFAULT_SETTINGS,
      seed: options.seed,
      generations: options.generations,
      children: options.children,
      islands: options.islands,
      caps: {
        ...DEFAULT_CAPS,
        operations: options.maxOperations,
        conditionals: options.maxConditionals,
        constants: options.maxConstants,
      },
    },
    seeds: [...seeds],
  };
  const run = createRun(options.out ?? freeRunDirectory(RUNS, config), config);
  await carryOn(run, dataset, options);
}
