import { join } from 'node:path';
import { buildTable, type TargetName } from '../data/index.ts';
import type { ObjectiveName, Scope } from '../evaluate/index.ts';
import { DEFAULT_CAPS } from '../program/index.ts';
import { createRun, discardUncommitted, freeRunDirectory, RUN_FORMAT, type Run, type RunConfig } from '../run/index.ts';
import { DEFAULT_SETTINGS } from '../search/index.ts';
import { carryOn } from './carry-on.ts';
import { defaultEffort } from './evaluate-settings.ts';
import type { LlmOptions } from './llm-flags.ts';
import { llmConfig, operatorMix } from './llm-options.ts';
import { replayRun } from './replay.ts';
import { readKeptSeeds } from './hall-of-fame.ts';
import { runSeeds } from './run-seeds.ts';
import { parseSeeds, readSeedTexts } from './seeds.ts';
import { withUi } from './ui.ts';
import { openDataset, RUNS, sourceOf } from './workspace.ts';

interface RunOptions extends LlmOptions {
  readonly data?: string;
  readonly target: TargetName;
  readonly objective?: ObjectiveName;
  readonly scope: Scope;
  readonly generations: number;
  readonly children: number;
  readonly islands: number;
  readonly seed: number;
  /** Several independent runs, one for each of these. */
  readonly seeds?: readonly number[];
  readonly maxOperations: number;
  readonly maxConditionals: number;
  readonly maxConstants: number;
  readonly timeout: number;
  readonly jobs: number;
  readonly out?: string;
  readonly seedFrom?: string;
  /** A port, or true for the usual one. */
  readonly ui?: number | true;
  readonly json: boolean;
}

/** An end-to-end sum means nothing on the scheduler's duration, so that target is scored row by row. */
const DEFAULT_OBJECTIVE: { readonly [T in TargetName]: ObjectiveName } = { cycle: 'e2e', duration: 'mape' };

/** `evolve run`. `explicit` names the flags that the user typed. */
export async function runCommand(options: RunOptions, explicit: readonly string[]): Promise<void> {
  if (options.replay !== undefined) return replayRun(options.replay, options, explicit);
  const { seeds, out } = options;
  if (seeds === undefined) {
    await performRun(options, false);
    return;
  }
  await runSeeds(seeds, options.json, (seed) =>
    performRun({ ...options, seed, ...(out !== undefined && { out: join(out, `seed${seed}`) }) }, true),
  );
}

/** Makes a run and works on it; `quiet` leaves its result to the caller to tell. */
async function performRun(options: RunOptions, quiet: boolean): Promise<Run> {
  const operators = operatorMix(options);
  const llm = llmConfig(options, operators, process.env);
  const dataset = await openDataset(options.data);
  const seeds = [...readSeedTexts(), ...(options.seedFrom === undefined ? [] : readKeptSeeds(options.seedFrom))];
  parseSeeds(seeds);
  // A dataset that lacks the target is refused before anything is written.
  buildTable(dataset, { target: options.target, splits: ['train', 'valid'] });
  const config: RunConfig = {
    format: RUN_FORMAT,
    data: { source: sourceOf(options.data), hash: dataset.hash },
    target: options.target,
    objective: options.objective ?? DEFAULT_OBJECTIVE[options.target],
    scope: options.scope,
    operator: options.operator,
    ...(llm !== undefined && { llm }),
    timeoutSeconds: options.timeout,
    effort: defaultEffort(),
    search: {
      ...DEFAULT_SETTINGS,
      seed: options.seed,
      operators,
      adaptive: options.adaptive,
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
  const { ui } = options;
  const work = (): Promise<void> => carryOn(run, dataset, { ...options, quiet });
  try {
    if (ui === undefined) await work();
    else await withUi(run, ui === true ? undefined : ui, work);
  } catch (error) {
    discardUncommitted(run);
    throw error;
  }
  return run;
}
