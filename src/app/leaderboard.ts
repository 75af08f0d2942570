import {
  type LabelledRows,
  leaderboardOf,
  openRows,
  rank,
  referencePredictors,
  refuseWithoutTest,
  runPrograms,
  trainingData,
  type TransferReport,
} from '../baselines/index.ts';
import { UserError } from '../base/index.ts';
import { refuseTable } from './column-run.ts';
import { closedLoopOf, scoreOnQueue } from './contestant-job.ts';
import type { Dataset, TargetName } from '../data/index.ts';
import { findProgram, latestRun, readState, type Run } from '../run/index.ts';
import type { LeaderboardDocument } from './documents.ts';
import { type QueueChoice, withQueue } from './queue-access.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { hasPoints, measureTransfer } from './transfer.ts';
import { scoreQueueingTimes } from './queueing.ts';
import { recordOpening, type TestAccessRecord } from './test-access.ts';
import { datasetOf, openDataset, sourceOf } from './workspace.ts';

/** What takes part in a leaderboard. */
export interface LeaderboardOptions {
  /** The run whose programs take part. */
  readonly run?: Run;
  /** Folder of runs, whose newest takes part where none is named and it is on this data; default: no run takes part. */
  readonly runs?: string;
  /** Dataset folder; default: the named run's data, or the embedded demo data. */
  readonly data?: string;
  /** What to predict; default: the run's target, or `cycle`. */
  readonly target?: TargetName;
  /** Folder with measured kernel efficiencies for the roofline. */
  readonly benchData?: string;
  /** Ground-truth folder tree with request journeys, for the queueing model. */
  readonly traces?: string;
  /** A queue whose workers fit and score the predictors, all at once; it cannot be together with `benchData`. */
  readonly queue?: QueueChoice;
  /** Fits all without each model, kind of GPU, generation and engine too; default: where there are serving points. */
  readonly transfer?: boolean;
  /** Told what is being done, one line for people. */
  readonly onNote?: (line: string) => void;
}

/**
 * Every reference predictor and a run's front on the same test rows and requests: fitted on training rows, settings chosen on
 * validation rows, scored on test rows and, where the load of clients is known, by the latencies that a server with such step times
 * would have given the test requests. That those were opened is recorded once, in the run and beside the data.
 *
 * @throws UserError where the run is on other data or for another target, or the data has no training rows.
 */
export async function rankPredictors(options: LeaderboardOptions = {}): Promise<LeaderboardDocument> {
  const { run: named, data: folder, onNote } = options;
  if (options.queue !== undefined && options.benchData !== undefined) {
    throw new UserError({
      code: 'app.local-efficiencies',
      place: { file: options.benchData },
      problem: 'the measured efficiencies lie in a folder of this machine, which workers of a queue do not see',
      mend: 'name no queue, or no such folder',
    });
  }
  const ofRun = folder === undefined ? named : undefined;
  const source = ofRun?.config.data.source ?? sourceOf(folder);
  const dataset = ofRun === undefined ? await openDataset(folder) : await datasetOf(ofRun);
  refuseTable(dataset, 'a leaderboard of step-time predictors');
  if (named !== undefined) refuseUnlike(named, dataset, options.target);
  const run = named ?? newestRunOn(dataset, options);
  const target = options.target ?? run?.config.target ?? 'cycle';
  const front = run === undefined ? [] : readState(run).state.archive.front;
  const baselines = referencePredictors(options.benchData).map((predictor) => ({
    kind: 'baseline' as const,
    predictor,
  }));
  const contestants = [...baselines, ...(run === undefined ? [] : runPrograms(front, run.config))];
  const data = trainingData(dataset, target);
  if (data.train.length === 0) {
    throw new UserError({
      code: 'app.no-training-rows',
      place: { file: source },
      problem: `no training rows for the target \`${target}\``,
      mend: 'use a dataset with more step records, or with request logs',
    });
  }
  refuseWithoutTest(dataset, target);
  let access: TestAccessRecord | undefined;
  const openTest = (): readonly LabelledRows[] => {
    access = recordOpening({ command: 'leaderboard', program: front.map(({ id }) => id).join(' ') }, run, source);
    return openRows(dataset, target, 'test');
  };
  const closedLoop = closedLoopOf(dataset, target);
  const board = await withQueue(options.queue, async (queue) => {
    if (queue !== undefined) {
      openTest();
      const found = run && { front, scope: run.config.scope };
      const onScored = (name: string): void => onNote?.(`fitted and scored ${name}`);
      return leaderboardOf(await scoreOnQueue(queue, dataset, target, contestants, found, onScored));
    }
    return rank(contestants, data, openTest, {
      onFitted: (name) => onNote?.(`fitted ${name}`),
      ...(closedLoop && {
        closedLoop: (contestant, fitted) => {
          onNote?.(`serving requests with ${contestant.predictor.name}`);
          return closedLoop(contestant, fitted);
        },
      }),
    });
  });
  const carried =
    (options.transfer ?? hasPoints(dataset)) ? await transferOf(dataset, target, run, options) : undefined;
  const queueing = await scoreQueueingTimes(dataset, options.traces);
  if (access === undefined) throw new Error('the test rows were not opened');
  return {
    target,
    split: 'test',
    data: { source, hash: dataset.hash },
    run: run?.directory ?? null,
    testAccess: access,
    bestBaseline: board.bestBaseline,
    rows: board.rows,
    queueing,
    ...(carried && { transfer: carried }),
  };
}

async function transferOf(
  dataset: Dataset,
  target: TargetName,
  run: Run | undefined,
  { benchData, onNote }: LeaderboardOptions,
): Promise<TransferReport> {
  if (run === undefined) return await measureTransfer({ dataset, target, benchData, onNote });
  const program = findProgram(run, readState(run).state);
  return await measureTransfer({
    dataset,
    target,
    program,
    settings: evaluateSettings(run.config, 1),
    benchData,
    onNote,
  });
}

function refuseUnlike(run: Run, dataset: Dataset, target: TargetName | undefined): void {
  if (dataset.hash !== run.config.data.hash) {
    throw new UserError({
      code: 'app.run-on-other-data',
      place: { file: run.directory },
      problem: `was not made on this data (hash ${run.config.data.hash.slice(0, 12)}, not ${dataset.hash.slice(0, 12)})`,
      mend: 'name no data, or a run on this data',
    });
  }
  if (target !== undefined && target !== run.config.target) {
    throw new UserError({
      code: 'app.run-for-other-target',
      place: { file: run.directory },
      problem: `its target is \`${run.config.target}\`, not \`${target}\``,
      mend: 'name no target, or another run',
    });
  }
}

/** The newest run takes part if it was made on this data, for this target. */
function newestRunOn(dataset: Dataset, { runs, target, onNote }: LeaderboardOptions): Run | undefined {
  if (runs === undefined) return undefined;
  let run: Run;
  try {
    run = latestRun(runs);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNote?.(`no run takes part: there is none below ${runs}/`);
    return undefined;
  }
  if (run.config.data.hash === dataset.hash && (target === undefined || target === run.config.target)) return run;
  onNote?.(`no run takes part: ${run.directory}, the newest, is on other data or for another target`);
  return undefined;
}
