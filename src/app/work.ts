import { buildTable, type Dataset, type RegressionTable, withoutTests } from '../data/index.ts';
import { type ClientLoop, createPool, DEFAULT_EVALUATE_SETTINGS } from '../evaluate/index.ts';
import type { CallObserver, Environment } from '../llm/index.ts';
import { sum } from '../numeric/index.ts';
import { createQueueEvaluator, type QueueClient } from '../queue/index.ts';
import { type ContinuedRun, type ContinueOptions, continueRun, type Run, storeGenerations } from '../run/index.ts';
import type { Generation, Operator, SearchDependencies, SearchState } from '../search/index.ts';
import type { RunDocument } from './documents.ts';
import { searchSettings } from './evaluate-settings.ts';
import { type ModelAccess, openOperators } from './open-operators.ts';
import { type QueueChoice, withQueue } from './queue-access.ts';
import { runDocument } from './run-document.ts';
import { canTravel, searchOnQueue } from './search-on-queue.ts';
import { parseSeeds } from './seeds.ts';

/** A run that is about to be worked on. */
export interface OpenedRun {
  readonly run: Run;
  readonly jobs: number;
  /** The queue whose workers evaluate, without user and password. */
  readonly queue?: string;
  /** Experiments that something can be fitted to, and those that are left out. */
  readonly experiments: { readonly used: number; readonly leftOut: number };
  /** Training and validation rows. */
  readonly rows: number;
  /** Of them, batches that a replay made; the others are recorded steps. */
  readonly replayedRows: number;
}

/** Who follows a run that is worked on, and may stop it. */
export interface Follower {
  /** Called once before the first generation, with what is stored. */
  readonly onStart?: (state: SearchState) => void;
  /** Told of what happens to calls of language models, as long as a generation goes on. */
  readonly onCall?: CallObserver;
  /** Called after a generation is stored. */
  readonly onGeneration?: (generation: Generation) => void;
  /** Called when the work has ended, however it ended. */
  readonly onEnd?: () => void | Promise<void>;
  /** Ends the run after the generation that is going on; it can be resumed. */
  readonly signal?: AbortSignal;
}

/** How a run is worked on. Nothing of it changes a result, but that time may end it. */
export interface WorkOptions {
  /**
   * Minutes after which the search ends, with the generation that is going on then; what ends it is stored, so that the run is done
   * and the same generations come of the same seed. Default: generations alone decide.
   */
  readonly minutes?: number;
  /** Processes to evaluate with; default: one for each processor. */
  readonly jobs?: number;
  /** A queue whose workers evaluate in place of processes of this machine; default: none. */
  readonly queue?: QueueChoice;
  /** Where keys of language models are read from, e.g. `process.env`; default: there are none. */
  readonly environment?: Environment;
  /** How long nothing of a model's answer may come, seconds; default: what the run was made with. */
  readonly callTimeoutSeconds?: number;
  /** Operators beyond the built-in ones; a run whose mix names one needs it again when it is resumed. */
  readonly ownOperators?: readonly Operator[];
  /** Makes a follower when the run is there and its data is read, before any work. */
  readonly follow?: (opened: OpenedRun) => Follower | Promise<Follower>;
  /** Folder of runs: a run in it goes by its name in the answer, any other by its directory. */
  readonly runs?: string;
}

/** Where a run ends that is made again. */
export interface WorkEnd {
  /** Leaves off after this generation, unfinished. */
  readonly lastGeneration?: number;
  /** Ends with this generation as if time were up. */
  readonly timeUpAt?: number;
}

/**
 * Works on a new or interrupted run until it is done or its follower stops it.
 *
 * @param end where it ends, beside its settings and its follower.
 */
export function workOn(run: Run, dataset: Dataset, options: WorkOptions, end: WorkEnd = {}): Promise<RunDocument> {
  return withQueue(options.queue, (queue) => workWith(run, dataset, options, queue && { queue, isWhole: false }, end));
}

/** How workers of a queue take part in a search. */
export interface QueuePart {
  readonly queue: QueueClient;
  /** Whether one of them makes the whole search where it can be sent to it, or all of them evaluate the programs of one made here. */
  readonly isWhole: boolean;
}

/** The same with a queue that is open already. */
export async function workWith(
  run: Run,
  dataset: Dataset,
  options: WorkOptions,
  part: QueuePart | undefined,
  end: WorkEnd = {},
): Promise<RunDocument> {
  const { jobs = DEFAULT_EVALUATE_SETTINGS.jobs, environment = {}, ownOperators = [], follow, runs } = options;
  const { callTimeoutSeconds, minutes } = options;
  // Test rows are not even loaded here: they judge once, in `validateProgram`.
  const table = buildTable(dataset, { target: run.config.target, splits: ['train', 'valid'] });
  const opened = {
    run,
    jobs,
    ...(part && { queue: part.queue.address.shown }),
    experiments: countOf(dataset, table),
    rows: table.y.length,
  };
  const follower = (await follow?.({ ...opened, replayedRows: replayedIn(table) })) ?? {};
  const { onStart, onCall, onGeneration, onEnd, signal } = follower;
  try {
    const startMs = performance.now();
    const isTimeUp = (generation: number): boolean =>
      generation === end.timeUpAt || performance.now() - startMs > 60_000 * (minutes ?? Infinity);
    const { state, seconds } = await searchTable(
      run,
      dataset,
      table,
      {
        jobs,
        ...(part && { part }),
        environment,
        ownOperators,
        isTimeUp,
        ...(minutes !== undefined && { minutes }),
        calls: { observe: onCall, timeoutSeconds: callTimeoutSeconds },
      },
      {
        ...(onStart !== undefined && { onStart }),
        ...(onGeneration !== undefined && { onGeneration }),
        ...(signal !== undefined && { signal }),
        ...(end.lastGeneration !== undefined && { lastGeneration: end.lastGeneration }),
      },
    );
    return runDocument(run, state, seconds, runs);
  } finally {
    await onEnd?.();
  }
}

/** What a search is carried on with. */
interface SearchMeans
  extends Required<Pick<WorkOptions, 'jobs' | 'environment' | 'ownOperators'>>,
    Pick<SearchDependencies, 'isTimeUp'> {
  readonly part?: QueuePart;
  /** Minutes for a search that a worker makes. */
  readonly minutes?: number;
  readonly calls?: Omit<ModelAccess, 'environment'>;
}

/** Carries a search on over the rows of a table; the dataset says what their clients measured. */
export async function searchTable(
  run: Run,
  dataset: Dataset,
  table: RegressionTable,
  means: SearchMeans,
  options: ContinueOptions,
): Promise<ContinuedRun> {
  const { jobs, part, environment, ownOperators, isTimeUp = () => false, minutes, calls = {} } = means;
  // A missing key is told before any process is started.
  const operators = openOperators(run, table, { environment, ...calls }, ownOperators);
  const clients = clientsOf(run, dataset, table);
  const settings = searchSettings(run.config, jobs);
  if (part?.isWhole === true && canTravel(run.config, ownOperators)) {
    return storeGenerations(run, searchOnQueue(part.queue, run, { table, settings, clients, minutes }), options);
  }
  const evaluator =
    part === undefined
      ? await createPool(table, settings, clients)
      : await createQueueEvaluator(part.queue, table, settings, clients);
  try {
    return await continueRun(
      run,
      {
        evaluator,
        operators,
        features: table.features,
        seeds: parseSeeds(run.config.seeds),
        objective: run.config.objective,
        isTimeUp,
      },
      options,
    );
  } finally {
    await evaluator.close();
  }
}

/** What programs are fitted with in closed loop. */
function clientsOf({ config }: Run, dataset: Dataset, table: RegressionTable): ClientLoop | undefined {
  if (table.observations === undefined || config.closedLoop === false) return undefined;
  // Batches behind serving points are those of any step time.
  if (!dataset.experiments.some(({ requests, load }) => requests !== undefined || load !== undefined)) return undefined;
  const { scope, objective, data, requestWeights = DEFAULT_EVALUATE_SETTINGS.requestWeights } = config;
  return {
    dataset: withoutTests(dataset),
    scope,
    contexts: data.contexts ?? 'blocks',
    requestWeights,
    floor: config.floor ?? false,
    fitsConstants: objective === 'replay',
  };
}

function countOf({ experiments }: Dataset, table: RegressionTable): OpenedRun['experiments'] {
  const used = new Set(table.experiments.map(({ id }) => id)).size;
  return { used, leftOut: experiments.length - used };
}

function replayedIn({ experiments, y }: RegressionTable): number {
  const recorded = experiments
    .filter(({ observations }) => observations === undefined)
    .flatMap(({ rows }) => Object.values(rows));
  return y.length - sum(recorded.map(([start, end]) => end - start));
}
