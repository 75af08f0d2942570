import { type Generation, search, type SearchDependencies, type SearchState } from '../search/index.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { EventLog } from './event-log.ts';
import { takeLock } from './lock.ts';
import { readState } from './read-state.ts';
import type { Run } from './run-directory.ts';
import { readSeconds, writeSeconds } from './timing.ts';

/** How to follow and to stop a run that goes on. */
export interface ContinueOptions {
  /** Called once before the first generation, with what is stored. */
  readonly onStart?: (state: SearchState) => void;
  /** Called after a generation is stored. */
  readonly onGeneration?: (generation: Generation) => void;
  /** Ends the run after the generation that is going on. */
  readonly signal?: AbortSignal;
  /** Leaves off after this generation, as a signal then would. */
  readonly lastGeneration?: number;
}

/** What a run has come to. */
export interface ContinuedRun {
  readonly state: SearchState;
  /** Over all the processes that worked on the run. */
  readonly seconds: number;
}

const CHECKPOINT_INTERVAL = 10;

/** Generations that follow from a state, wherever they are made; the next one is asked for when the one before is stored. */
export type Generations = (state: SearchState) => AsyncIterable<Generation>;

/**
 * Carries a run on by a search in this process, see `storeGenerations`.
 *
 * @throws UserError also where no seed program can be evaluated.
 */
export function continueRun(
  run: Run,
  dependencies: SearchDependencies,
  options: ContinueOptions = {},
): Promise<ContinuedRun> {
  return storeGenerations(run, (state) => search(state, dependencies), options);
}

/**
 * Carries a run on from what is stored, or starts it, until its settings or the signal stop it. Each generation is on the
 * disk before the next one is drawn, so a process that dies at any moment loses at most the generation that was going on,
 * and that one comes out the same when the run is continued.
 *
 * @throws UserError where another process works on the run, or the log is damaged.
 */
export async function storeGenerations(
  run: Run,
  generations: Generations,
  { onStart, onGeneration, signal, lastGeneration = Infinity }: ContinueOptions = {},
): Promise<ContinuedRun> {
  const release = takeLock(run.files.lock);
  try {
    const stored = readState(run);
    const log = new EventLog(run.files.events, stored.log);
    const before = readSeconds(run.files.timing);
    const startMs = performance.now();
    const seconds = (): number => before + (performance.now() - startMs) / 1000;
    let state = stored.state;
    const leavesOff = (): boolean => signal?.aborted === true || state.generation >= lastGeneration;
    const checkpoint = (): void => {
      writeCheckpoint(run.files.checkpoint, { log: log.position, state });
      writeSeconds(run.files.timing, seconds());
    };
    try {
      onStart?.(state);
      if (!leavesOff()) {
        for await (const generation of generations(state)) {
          log.append(generation.events);
          state = generation.state;
          if (state.generation % CHECKPOINT_INTERVAL === 0) checkpoint();
          onGeneration?.(generation);
          if (leavesOff()) break;
        }
      }
      if (state !== stored.state) checkpoint();
      return { state, seconds: seconds() };
    } finally {
      log.close();
    }
  } finally {
    release();
  }
}
