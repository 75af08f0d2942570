import { readState, type Run, runSummary, secondsOf } from '../run/index.ts';
import type { SearchState } from '../search/index.ts';
import type { RunDocument } from './documents.ts';
import { nameOf } from './workspace.ts';

/** The document of a run in a state. */
export function runDocument(run: Run, state: SearchState, seconds: number, runs: string | undefined): RunDocument {
  const last = state.attempts['llm']?.at(-1);
  return {
    ...runSummary(nameOf(run, runs), run.config, state, seconds),
    stopped: state.stopped,
    lastFailure: last === undefined ? null : { reason: last.reason, detail: last.detail },
  };
}

/**
 * What a run has come to so far. Reads only; the run may be going on meanwhile.
 *
 * @param runs folder of runs: a run in it goes by its name in the answer, any other by its directory.
 */
export function readRun(run: Run, runs?: string): RunDocument {
  return runDocument(run, readState(run).state, secondsOf(run), runs);
}
