import pLimit from 'p-limit';
import { allEnded, UserError } from '../base/index.ts';
import {
  type Checked,
  type FoldPick,
  type FoldSearch,
  foldOf,
  type GeneralisationInput,
  HOLD_OUTS,
  type HoldOutName,
  type Part,
  PARTS,
} from '../baselines/index.ts';
import type { Dataset } from '../data/index.ts';
import { discardUncommitted, findProgram, frontEntry, readState, type Run } from '../run/index.ts';
import type { Individual, Operator, SearchState } from '../search/index.ts';
import { openFoldRun } from './fold-run.ts';
import { type QueueChoice, withQueue } from './queue-access.ts';
import { type QueuePart, searchTable } from './work.ts';

/** How the structure is searched again without each part that is held out. */
export interface NestedOptions {
  /** Generations of each search; default: those of the run. */
  readonly generations?: number;
  /** A queue whose workers make the searches, all at once; default: one after the other here. */
  readonly queue?: QueueChoice;
  /** Operators beyond the built-in ones, where the run's mix names one. */
  readonly ownOperators?: readonly Operator[];
  /** Told before the first search, and of each generation that is stored. */
  readonly onProgress?: (progress: NestedProgress) => void;
  /** Called when the searches have ended, however they did. */
  readonly onEnd?: () => void;
  /** Ends the searches after the generation that is going on; what was done is kept, and the next validation goes on from it. */
  readonly signal?: AbortSignal;
}

/** Where the searches without a part have come to. */
export interface NestedProgress {
  /** Of the search that got on, from 0. */
  readonly fold: number;
  /** What it goes without. */
  readonly heldOut: string;
  /** Of all searches: the generations each is to run, those that are stored now, and whether it is done. */
  readonly folds: readonly { readonly generations: number; readonly stored: number; readonly isDone: boolean }[];
  /** Of the search that got on. */
  readonly state: SearchState;
}

/** The searches of each way of holding out, or why it cannot be done. */
export type NestedSearches = { readonly [N in HoldOutName]: Checked<readonly FoldSearch[]> };

/** What a search without a part learns from. */
type Learned = Pick<GeneralisationInput, 'dataset' | 'table' | 'data' | 'served'>;

interface PlannedSearch {
  readonly name: HoldOutName;
  readonly part: Part;
  readonly run: Run;
}

/**
 * Searches without each part that can be held out, one after the other, each in a run directory below that of the run. No test row is
 * looked at. The same run and settings give the same picks, also where a search was stopped or killed and goes on.
 *
 * @throws the signal's reason where it ends the searches; UserError where one of them is worked on by another process.
 */
export async function searchNested(
  run: Run,
  learned: Learned,
  jobs: number,
  options: NestedOptions,
): Promise<NestedSearches> {
  const parts = HOLD_OUTS.map((name) => [name, PARTS[name](learned)] as const);
  const planned = parts.flatMap(([name, found]) =>
    'impossible' in found
      ? []
      : found.map((part) => ({ name, part, run: openFoldRun(run, name, part, options.generations) })),
  );
  const folds = planned.map(({ run: own }) => foldOfState(own.config.search.generations, readState(own).state));
  const searches = await withQueue(options.queue, (queue) => {
    const limit = pLimit(queue === undefined ? 1 : MOST_SEARCHES);
    const part = queue && { queue, isWhole: true };
    const search = async (each: PlannedSearch, fold: number): Promise<FoldSearch & { readonly name: HoldOutName }> => {
      const onState = (state: SearchState): void => {
        folds[fold] = foldOfState(folds[fold]!.generations, state);
        options.onProgress?.({ fold, heldOut: each.part.heldOut, folds: [...folds], state });
      };
      const pick = await searchFold(each, learned, jobs, part, options, onState);
      const { generations } = folds[fold]!;
      folds[fold] = { generations, stored: generations, isDone: true };
      return { name: each.name, part: each.part, pick };
    };
    return allEnded(planned.map((each, fold) => limit(() => search(each, fold))));
  });
  return Object.fromEntries(
    parts.map(([name, found]) => [
      name,
      'impossible' in found ? found : searches.filter((search) => search.name === name),
    ]),
  ) as unknown as NestedSearches;
}

/** Searches that are on a queue at a time. */
const MOST_SEARCHES = 32;

function foldOfState(
  generations: number,
  { generation, stopped }: Pick<SearchState, 'generation' | 'stopped'>,
): NestedProgress['folds'][number] {
  const isDone = stopped !== null;
  return { generations, stored: isDone ? generations : Math.max(0, generation), isDone };
}

/** What is left of the data may not do for a search: that is an answer, and no error of the validation. */
const TOO_LITTLE: ReadonlySet<string> = new Set([
  'search.no-seed',
  'evaluate.no-training-rows',
  'evaluate.no-validation-rows',
  'evaluate.nothing-to-hold-out',
  'run.no-program',
]);

async function searchFold(
  { part: heldOut, run }: PlannedSearch,
  learned: Learned,
  jobs: number,
  part: QueuePart | undefined,
  { signal, ownOperators = [] }: NestedOptions,
  onState: (state: SearchState) => void,
): Promise<FoldSearch['pick']> {
  try {
    let { state } = readState(run);
    if (state.stopped === null) {
      signal?.throwIfAborted();
      const { table } = foldOf(learned, heldOut);
      ({ state } = await searchTable(
        run,
        withoutPart(learned.dataset, heldOut),
        table,
        { jobs, ...(part && { part }), environment: {}, ownOperators },
        {
          onStart: onState,
          onGeneration: (generation) => onState(generation.state),
          ...(signal !== undefined && { signal }),
        },
      ));
      if (state.stopped === null) signal?.throwIfAborted();
    }
    const pick = findProgram(run, state);
    return { program: pick.program, entry: pickEntry(pick) };
  } catch (error) {
    if (!(error instanceof UserError) || !TOO_LITTLE.has(error.code)) throw error;
    discardUncommitted(run);
    return { problem: error.message };
  }
}

function pickEntry(pick: Individual): FoldPick {
  const entry = frontEntry(pick);
  return {
    id: entry.id,
    operations: entry.operations,
    constants: entry.constants,
    features: entry.features,
    error: entry.error,
    validationError: entry.closedLoop?.validationError ?? entry.validationError,
    generation: entry.generation,
    source: entry.source,
  };
}

/** Whose clients a search may hear of; batches are held out of experiments that stay. */
function withoutPart(dataset: Dataset, { ids, limits }: Part): Dataset {
  if (limits !== undefined) return dataset;
  return { ...dataset, experiments: dataset.experiments.filter(({ id }) => !ids.includes(id)) };
}
