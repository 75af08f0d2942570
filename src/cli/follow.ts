import type { Follower, OpenedRun } from '../app/index.ts';
import { EXIT, onStopSignal } from './exit-codes.ts';
import { watchLauncher } from './launcher.ts';
import { note } from './output.ts';
import { Progress } from './progress.ts';
import { runHeader } from './run-text.ts';
import { openPage, type UiPort } from './ui.ts';

interface FollowOptions {
  readonly minutes?: number;
  readonly maxMinutes?: number;
  /** A port, or true for the usual one; undefined where no page is wished. */
  readonly ui?: UiPort;
}

/** Follows a run for the terminal: a header, progress on stderr, a live page where one is wished, and the ways to stop it. */
export async function follow(opened: OpenedRun, { minutes, maxMinutes, ui }: FollowOptions): Promise<Follower> {
  const page = ui === undefined ? undefined : await openPage(opened.run, ui);
  note(runHeader(opened));
  const progress = new Progress(process.stderr, opened.run.config.search.generations, minutes);
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let forgetSignals = (): void => {};
  // What launched this command may be killed so that no signal comes here; then nobody waits for the run any more.
  const forgetLauncher = watchLauncher(() => {
    note('\nthe package runner that launched this command is gone: stopped; `evolve resume` goes on');
    process.exit(EXIT.failed);
  });
  return {
    // Only from here on is there something to finish; before, Ctrl-C ends the process as it always does.
    onStart: (state) => {
      forgetSignals = onStopSignal(() => {
        note('\nstopping after this generation; press Ctrl-C again to stop at once (nothing committed is lost)');
        stop.abort();
      });
      timer = stopAfter(maxMinutes, stop);
      progress.start(state);
    },
    onCall: (notice) => progress.call(notice),
    onGeneration: ({ state, events }) => progress.generation(state, events),
    onEnd: async () => {
      clearTimeout(timer);
      progress.end();
      forgetSignals();
      forgetLauncher();
      await page?.close();
    },
    signal: stop.signal,
  };
}

function stopAfter(minutes: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (minutes === undefined) return undefined;
  return setTimeout(() => {
    note(`\n${minutes} minutes are over: stopping after this generation`);
    stop.abort();
  }, 60_000 * minutes);
}
