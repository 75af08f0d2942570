import { join } from 'node:path';
import pLimit from 'p-limit';
import { allEnded, UserError } from '../base/index.ts';
import {
  buildTable,
  contextSource,
  type Dataset,
  isPlainDataset,
  type RegressionTable,
  type SystemPart,
  type TargetName,
} from '../data/index.ts';
import {
  DEFAULT_EVALUATE_SETTINGS,
  DEFAULT_PRIORS,
  NO_PRIORS,
  type ObjectiveName,
  type PriorTable,
  readPriors,
  refuseOneFold,
  type RequestWeights,
  type Scope,
  systemFolds,
  whyFlatTable,
  withPriors,
} from '../evaluate/index.ts';
import { type Caps, DEFAULT_CAPS } from '../program/index.ts';
import {
  createRun,
  discardUncommitted,
  freeRunDirectory,
  refuseUsedDirectory,
  RUN_FORMAT,
  type Run,
  type RunConfig,
} from '../run/index.ts';
import {
  columnSeeds,
  CONSTANT_SEED_NAME,
  constantSource,
  DEFAULT_SETTINGS,
  type SearchSettings,
} from '../search/index.ts';
import { refuseOptionsOfSteps, tableHead } from './column-run.ts';
import { compareRuns } from './compare-runs.ts';
import type { CompareDocument, RunDocument } from './documents.ts';
import { defaultEffort } from './evaluate-settings.ts';
import { readKeptSeeds } from './hall-of-fame.ts';
import { modelConfig, type ModelOptions } from './model-config.ts';
import { objectiveFor } from './run-objective.ts';
import { withQueue } from './queue-access.ts';
import { parseSeeds, readSeedTexts, type SeedText } from './seeds.ts';
import { type QueuePart, workOn, type WorkOptions, workWith } from './work.ts';
import { openDataset, sourceOf } from './workspace.ts';

/** What a run searches for, and how. Frozen with the run, so that it can be continued and repeated. */
export interface RunOptions extends WorkOptions {
  /** Folder of runs. */
  readonly runs: string;
  /** The run's own directory, absent or empty; default: a free one below `runs`. */
  readonly directory?: string;
  /** Dataset folder; default: the embedded demo data. */
  readonly data?: string;
  /** What to predict; default `cycle`, in a table of plain rows its target column. */
  readonly target?: TargetName;
  /**
   * What a program's error measures; default: `replay` where some experiment is known by its clients alone, else `e2e` for `cycle`
   * and `mape` for `duration`.
   */
  readonly objective?: ObjectiveName;
  /**
   * What E2E, TTFT and time between tokens weigh where requests were logged rather than steps; default 1, 0.3 and 1. Numbers of 0
   * or more, one above 0.
   */
  readonly requestWeights?: RequestWeights;
  /** Whether programs that may be chosen are served in closed loop at the end, where clients are known; default true. */
  readonly closedLoop?: boolean;
  /** Whether fits and errors go by the physical floor of batches that nobody measured; default true, unless all rows are alike. */
  readonly floor?: boolean;
  /** Which experiments share fitted constants; default `model`, or `global` where something is held out. */
  readonly scope?: Scope;
  /**
   * What of the serving system is held out in turn inside training: a program's error is then that on models, GPUs or engines that its
   * constants saw nothing of, the mean over what is named. Nothing is served in closed loop then. Default: nothing.
   */
  readonly holdOut?: readonly SystemPart[];
  /**
   * What is known of constants before any row is seen: a file that `readPriors` reads, whose rows stand in place of those of
   * `DEFAULT_PRIORS`, or `off`; default: that table.
   */
  readonly priors?: string;
  /** Settings of the search, `DEFAULT_SETTINGS` where nothing is said; the seed is 1. */
  readonly search?: Partial<Omit<SearchSettings, 'caps'>>;
  /** Limits on a program, `DEFAULT_CAPS` where nothing is said. */
  readonly caps?: Partial<Caps>;
  /** Language models, for the operator `llm`, whose share is then all where `search.operators` says nothing. */
  readonly models?: ModelOptions;
  /** Wall-clock limit for one program, seconds; default 30. */
  readonly timeoutSeconds?: number;
  /** Programs to start from; default: those of the package. */
  readonly seeds?: readonly SeedText[];
  /** Folder of kept programs to start from too, see `keepProgram`. */
  readonly seedFrom?: string;
}

/**
 * Searches for better step-time programs: makes a run directory, and works on it until it is done or stopped. Nothing is left
 * behind where it fails before the first generation is stored.
 *
 * @throws UserError for options, data or seed programs that cannot work.
 */
export async function startRun(options: RunOptions): Promise<RunDocument> {
  return (await makeAndWork(options)).document;
}

/** Independent runs of several seeds. */
export interface SeedsOptions extends RunOptions {
  /** Called before each run. */
  readonly onSeed?: (seed: number, index: number) => void;
}

/**
 * Independent runs of several seeds, then their comparison: one after another, and a run that is stopped is the last one; on a queue all
 * at once, each made by a worker, where no language model takes part.
 *
 * @param options where they name a directory, each run goes below it, as `seed<N>`.
 */
export async function startSeeds(seeds: readonly number[], options: SeedsOptions): Promise<CompareDocument> {
  const optionsOf = (seed: number): RunOptions => ({
    ...options,
    ...(options.directory !== undefined && { directory: join(options.directory, `seed${seed}`) }),
    search: { ...options.search, seed },
  });
  for (const seed of seeds) {
    const { directory } = optionsOf(seed);
    if (directory !== undefined) refuseUsedDirectory(directory);
  }
  return withQueue(options.queue, async (queue) => {
    const part = queue && { queue, isWhole: true };
    const dataset = await openDataset(options.data);
    const runs: Run[] = [];
    const begin = async (seed: number, index: number): Promise<RunDocument> => {
      options.onSeed?.(seed, index);
      const { run, document } = await makeAndWork(optionsOf(seed), part, dataset);
      runs[index] = run;
      return document;
    };
    if (part === undefined || options.models !== undefined || (options.ownOperators?.length ?? 0) > 0) {
      for (const [index, seed] of seeds.entries()) if ((await begin(seed, index)).stopped === null) break;
    } else {
      const limit = pLimit(MOST_RUNS);
      await allEnded(seeds.map((seed, index) => limit(() => begin(seed, index))));
    }
    return await compareRuns(runs);
  });
}

/** Runs that are on a queue at a time: as many as bound what they keep on its server. */
const MOST_RUNS = 32;

async function makeAndWork(
  options: RunOptions,
  part?: QueuePart,
  dataset?: Dataset,
): Promise<{ readonly run: Run; readonly document: RunDocument }> {
  // Before data are read, which takes seconds.
  if (options.directory !== undefined) refuseUsedDirectory(options.directory);
  const made = await configOf(options, dataset);
  const run = createRun(options.directory ?? freeRunDirectory(options.runs, made.config), made.config);
  try {
    const document =
      part === undefined ? workOn(run, made.dataset, options) : workWith(run, made.dataset, options, part);
    return { run, document: await document };
  } catch (error) {
    discardUncommitted(run);
    throw error;
  }
}

/** All that decides what the run does. What cannot work is refused here, before anything is written. */
async function configOf(
  options: RunOptions,
  opened?: Dataset,
): Promise<{ readonly config: RunConfig; readonly dataset: Dataset }> {
  const { data, models, seedFrom, timeoutSeconds = 30, environment = {} } = options;
  const operators = options.search?.operators ?? (models === undefined ? DEFAULT_SETTINGS.operators : { llm: 1 });
  refuseUnusableMix(operators, models);
  const llm = models === undefined ? undefined : modelConfig(models, environment);
  const priors = options.priors === undefined ? undefined : priorsOf(options.priors);
  const kept = seedFrom === undefined ? [] : readKeptSeeds(seedFrom);
  parseSeeds([...(options.seeds ?? []), ...kept]);
  const dataset = opened ?? (await openDataset(data));
  const target = options.target ?? (isPlainDataset(dataset) ? 'column' : 'cycle');
  // A dataset that lacks the target is refused before anything is written.
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  refuseOptionsOfSteps(options, dataset);
  const own = target === 'column' ? columnSeeds(table) : readSeedTexts(table.features);
  const given = [...(options.seeds ?? own), ...kept];
  // No program that reads a feature comes down to a constant.
  const flat = target === 'column' ? undefined : whyFlatTable(table);
  const seeds = flat === undefined ? given : [...given, { name: CONSTANT_SEED_NAME, source: constantSource(flat) }];
  const contexts = contextSource(dataset);
  const objective = objectiveFor(options.objective, dataset, table, target);
  const requestWeights =
    options.requestWeights ?? (objective === 'replay' ? DEFAULT_EVALUATE_SETTINGS.requestWeights : undefined);
  if (options.requestWeights !== undefined && table.observations === undefined) {
    throw new UserError({
      code: 'app.idle-weights',
      place: { file: dataset.source },
      problem: 'weights of what clients measured do not apply: no requests were replayed in it',
      mend: 'Leave them out',
    });
  }
  const { holdOut } = options;
  if (holdOut !== undefined) refuseHoldOut(holdOut, options.scope, table);
  const config: RunConfig = {
    format: RUN_FORMAT,
    data: {
      source: sourceOf(data),
      hash: dataset.hash,
      ...(contexts === 'requests' && { contexts }),
      ...tableHead(dataset),
    },
    target,
    objective,
    ...(requestWeights !== undefined && { requestWeights }),
    // Closed loops are fitted with all that is there.
    ...((options.closedLoop === false || holdOut !== undefined) && { closedLoop: false as const }),
    // Where nothing varies a constant is all there is to find, and no constant keeps to physics.
    floor: options.floor ?? (flat === undefined && target !== 'column'),
    scope: options.scope ?? (holdOut === undefined ? 'model' : 'global'),
    ...(holdOut !== undefined && { holdOut }),
    // What constants of servers usually are says nothing of columns.
    ...(target === 'column' ? { priors: NO_PRIORS } : priors !== undefined && { priors }),
    operator: models?.provider ?? largestShare(operators),
    ...(llm !== undefined && { llm }),
    timeoutSeconds,
    effort: defaultEffort(),
    search: {
      ...DEFAULT_SETTINGS,
      seed: 1,
      ...options.search,
      operators,
      caps: { ...DEFAULT_CAPS, ...options.caps },
    },
    seeds,
  };
  return { config, dataset };
}

function refuseHoldOut(holdOut: readonly SystemPart[], scope: Scope | undefined, table: RegressionTable): void {
  if (scope !== undefined && scope !== 'global') {
    throw new UserError({
      code: 'app.hold-out-in-scope',
      problem: `with the scope \`${scope}\` nothing is known of a ${holdOut[0]} that is held out`,
      mend: 'Use the scope `global`, whose constants all share',
    });
  }
  for (const by of holdOut) refuseOneFold(systemFolds(table, by), by);
}

function priorsOf(given: string): PriorTable {
  return given === 'off' ? NO_PRIORS : withPriors(DEFAULT_PRIORS, readPriors(given));
}

function refuseUnusableMix(operators: Readonly<Record<string, number>>, models: ModelOptions | undefined): void {
  const shares = Object.values(operators);
  if (!shares.some((share) => share > 0) || shares.some((share) => !Number.isFinite(share) || share < 0)) {
    throw new UserError({
      code: 'app.wrong-shares',
      problem: 'the shares of the operators are not numbers of 0 or more, one above 0',
      mend: 'mend the shares',
    });
  }
  const asksModels = (operators['llm'] ?? 0) > 0;
  if (asksModels && models === undefined) {
    throw new UserError({
      code: 'app.no-model',
      problem: 'the operator llm has a share, but no model is named',
      mend: 'name a language model',
    });
  }
  if (!asksModels && models !== undefined) {
    throw new UserError({
      code: 'app.idle-model',
      problem: 'language models are named, but the operator llm has no share',
      mend: 'give llm a share',
    });
  }
}

function largestShare(operators: Readonly<Record<string, number>>): string {
  return Object.entries(operators).reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
