import { type QueueChoice, readFrontier, type RunDocument, type WorkOptions } from '../app/index.ts';
import type { Run } from '../run/index.ts';
import { RUNS } from './find-run.ts';
import { follow } from './follow.ts';
import { note } from './output.ts';
import { printRun } from './run-text.ts';
import type { UiPort } from './ui.ts';

/** Flags of the commands that work on a run. */
export interface WorkFlags {
  readonly jobs: number;
  /** Address of a queue; it may hold a password. */
  readonly queue?: string;
  readonly queueData?: string;
  readonly json: boolean;
  readonly minutes?: number;
  readonly maxMinutes?: number;
  /** Seconds; of `run` it is stored with the run. */
  readonly callTimeout?: number;
  /** Undefined where no page is wished. */
  readonly ui?: UiPort;
}

/** The queue that flags or the environment name. */
export function queueOption({ queue, queueData }: Pick<WorkFlags, 'queue' | 'queueData'>): {
  readonly queue?: QueueChoice;
} {
  if (queue === undefined) return {};
  return { queue: { url: queue, ...(queueData !== undefined && { shared: queueData }), onNote: note } };
}

/** How the command line works on a run. */
export function workOptions(flags: WorkFlags): WorkOptions & { readonly runs: string } {
  const { jobs, callTimeout, minutes } = flags;
  return {
    jobs,
    ...queueOption(flags),
    environment: process.env,
    runs: RUNS,
    ...(minutes !== undefined && { minutes }),
    ...(callTimeout !== undefined && { callTimeoutSeconds: callTimeout }),
    follow: (opened) => follow(opened, flags),
  };
}

/** Works on a run, then prints what it has come to. */
export async function workAndTell(
  flags: WorkFlags,
  work: (options: WorkOptions & { readonly runs: string }) => Promise<RunDocument>,
): Promise<void> {
  let run: Run | undefined;
  const document = await work({
    ...workOptions(flags),
    follow: (opened) => {
      ({ run } = opened);
      return follow(opened, flags);
    },
  });
  if (run === undefined) throw new Error('no run was opened');
  printRun(run, document, readFrontier(run), flags.json);
}
