import { type CompareDocument, replayRun, type RunOptions, startRun, startSeeds } from '../app/index.ts';
import type { SystemPart, TargetName } from '../data/index.ts';
import type { ObjectiveName, Scope } from '../evaluate/index.ts';
import { comparisonText } from './compare-text.ts';
import { RUNS, runOf } from './find-run.ts';
import { SeedsFollower } from './follow-seeds.ts';
import type { LlmOptions } from './llm-flags.ts';
import { modelOptions, operatorMix } from './llm-options.ts';
import { note, print, printJson } from './output.ts';
import { type WorkFlags, workAndTell, workOptions } from './work.ts';
import { UsageError } from './usage-error.ts';

interface RunFlags extends LlmOptions, Omit<WorkFlags, 'callTimeout'> {
  readonly data?: string;
  readonly target?: TargetName;
  readonly objective?: ObjectiveName;
  readonly requestWeights?: RunOptions['requestWeights'];
  readonly closedLoop: boolean;
  readonly floor?: 'on' | 'off';
  readonly scope?: Scope;
  readonly holdOut?: readonly SystemPart[];
  readonly priors?: string;
  readonly generations: number;
  readonly children: number;
  readonly drafts: number;
  readonly islands: number;
  readonly seed: number;
  /** Several independent runs, one for each of these. */
  readonly seeds?: readonly number[];
  readonly maxOperations: number;
  readonly maxConditionals: number;
  readonly maxConstants: number;
  readonly timeout: number;
  readonly out?: string;
  readonly seedFrom?: string;
}

/** `evolve run`. `explicit` names the flags that the user typed. */
export async function runCommand(flags: RunFlags, explicit: readonly string[]): Promise<void> {
  if (flags.replay !== undefined) return replayCommand(flags.replay, flags, explicit);
  const options = optionsOf(flags);
  if (flags.seeds !== undefined) return seedsCommand(flags.seeds, options, flags);
  await workAndTell(flags, (work) => startRun({ ...options, ...work }));
}

async function seedsCommand(seeds: readonly number[], options: RunOptions, flags: RunFlags): Promise<void> {
  const comparison = await (goOnTogether(options, flags)
    ? seedsTogether(seeds, options, flags)
    : startSeeds(seeds, {
        ...options,
        ...workOptions(flags),
        onSeed: (seed, index) => note(`\nseed ${seed}, run ${index + 1} of ${seeds.length}`),
      }));
  const done = comparison.runs.length;
  if (done < seeds.length) note(`stopped at seed ${seeds[done - 1]}; the other seeds were not begun`);
  if (flags.json) printJson(comparison);
  else print(comparisonText(comparison));
}

/** Whether workers of a queue make the runs all at once: those that ask language models are made here. */
function goOnTogether({ models }: RunOptions, { queue }: RunFlags): boolean {
  return queue !== undefined && models === undefined;
}

async function seedsTogether(seeds: readonly number[], options: RunOptions, flags: RunFlags): Promise<CompareDocument> {
  if (flags.ui !== undefined) {
    throw new UsageError(
      '--ui shows one run, and on a queue all seeds go on at a time',
      'Look at them with evolve ui.',
    );
  }
  const follower = new SeedsFollower();
  try {
    return await startSeeds(seeds, { ...options, ...workOptions(flags), follow: (opened) => follower.follow(opened) });
  } finally {
    follower.end();
  }
}

const REPLAY_FLAGS: ReadonlySet<string> = new Set(['--replay', '--jobs', '--queue', '--queue-data', '--json', '--out']);

/** `evolve run --replay RUN`. */
async function replayCommand(
  name: string,
  flags: WorkFlags & { readonly out?: string },
  explicit: readonly string[],
): Promise<void> {
  const other = explicit.find((flag) => !REPLAY_FLAGS.has(flag));
  if (other !== undefined) {
    throw new UsageError(`${other} means nothing to --replay: the recorded run decides it`, 'leave it out');
  }
  const recorded = runOf(name);
  const place = { runs: RUNS, ...(flags.out !== undefined && { directory: flags.out }) };
  await workAndTell(flags, (work) => replayRun(recorded, { ...place, ...work }));
}

function optionsOf(flags: RunFlags): RunOptions {
  const { data, out, seedFrom, objective, requestWeights, priors } = flags;
  const operators = operatorMix(flags);
  const models = modelOptions(flags, operators);
  return {
    runs: RUNS,
    ...(out !== undefined && { directory: out }),
    ...(data !== undefined && { data }),
    ...(flags.target !== undefined && { target: flags.target }),
    ...(objective !== undefined && { objective }),
    ...(requestWeights !== undefined && { requestWeights }),
    closedLoop: flags.closedLoop,
    ...(flags.floor !== undefined && { floor: flags.floor === 'on' }),
    ...(flags.scope !== undefined && { scope: flags.scope }),
    ...(flags.holdOut !== undefined && { holdOut: flags.holdOut }),
    ...(priors !== undefined && { priors }),
    search: {
      seed: flags.seed,
      operators,
      adaptive: flags.adaptive,
      generations: flags.generations,
      children: flags.children,
      drafts: flags.drafts,
      islands: flags.islands,
    },
    caps: {
      operations: flags.maxOperations,
      conditionals: flags.maxConditionals,
      constants: flags.maxConstants,
    },
    ...(models !== undefined && { models }),
    timeoutSeconds: flags.timeout,
    ...(seedFrom !== undefined && { seedFrom }),
  };
}
