import type { Follower, OpenedRun } from '../app/index.ts';
import { formatPercent } from '../report/index.ts';
import { bestIndividual, type SearchState } from '../search/index.ts';
import { EXIT, onStopSignal } from './exit-codes.ts';
import { watchLauncher } from './launcher.ts';
import { note } from './output.ts';
import { runHeader } from './run-text.ts';

/** A run gets a line each time that it has come so far. */
const PARTS = 10;

/** Follows runs of several seeds that go on at a time: one header, a line now and then for each, and one way to stop them all. */
export class SeedsFollower {
  readonly #stop = new AbortController();
  readonly #forget: readonly (() => void)[];
  #hasHeader = false;

  constructor() {
    this.#forget = [
      onStopSignal(() => {
        note('\nstopping all runs after their generations; `evolve resume` goes on with each');
        this.#stop.abort();
      }),
      watchLauncher(() => {
        note('\nthe package runner that launched this command is gone: stopped; `evolve resume` goes on with each run');
        process.exit(EXIT.failed);
      }),
    ];
  }

  follow(opened: OpenedRun): Follower {
    if (!this.#hasHeader) note(runHeader(opened));
    this.#hasHeader = true;
    const { generations, seed } = opened.run.config.search;
    const interval = Math.max(1, Math.round(generations / PARTS));
    return {
      onGeneration: ({ state }) => {
        if (state.generation % interval === 0 || state.stopped !== null) note(progressText(seed, state));
      },
      signal: this.#stop.signal,
    };
  }

  end(): void {
    for (const forget of this.#forget) forget();
  }
}

function progressText(seed: number, state: SearchState): string {
  const { generation, settings, stopped } = state;
  const best = bestIndividual(state)?.criteria.error ?? Number.NaN;
  return `seed ${seed}  generation ${generation}/${settings.generations}  best ${formatPercent(best)} %${stopped === null ? '' : '  done'}`;
}
