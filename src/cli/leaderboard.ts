import {
  type LabelledRows,
  type Leaderboard,
  openRows,
  rank,
  referencePredictors,
  runPrograms,
  trainingData,
} from '../baselines/index.ts';
import type { Dataset, TargetName } from '../data/index.ts';
import { UserError } from '../base/index.ts';
import { latestRun, readState, type Run } from '../run/index.ts';
import { type QueueingReport, queueingText, scoreQueueingTimes } from './leaderboard-queueing.ts';
import { leaderboardLegend, leaderboardMarkdown, leaderboardTable, winnerText } from './leaderboard-text.ts';
import { note, print, printJson } from './output.ts';
import { recordOpening, type TestAccessRecord } from './test-access.ts';
import { datasetOf, openDataset, resolveRun, RUNS, sourceOf } from './workspace.ts';

interface LeaderboardOptions {
  readonly data?: string;
  readonly target?: TargetName;
  readonly benchData?: string;
  readonly traces?: string;
  readonly json: boolean;
  readonly markdown: boolean;
}

/** `evolve leaderboard [RUN]`: every reference predictor and the run's programs on the same test rows. */
export async function leaderboardCommand(name: string | undefined, options: LeaderboardOptions): Promise<void> {
  if (options.json && options.markdown) {
    throw new UserError('--json and --markdown exclude each other', 'Give one of them.');
  }
  const named = name === undefined ? undefined : resolveRun(name);
  const source = options.data === undefined && named !== undefined ? named.config.data.source : sourceOf(options.data);
  const dataset =
    options.data === undefined && named !== undefined ? await datasetOf(named) : await openDataset(options.data);
  const run = named === undefined ? newestRunOn(dataset, options.target) : checked(named, dataset, options.target);
  const target = options.target ?? run?.config.target ?? 'cycle';
  const front = run === undefined ? [] : readState(run).state.archive.front;
  const baselines = referencePredictors(options.benchData).map((predictor) => ({
    kind: 'baseline' as const,
    predictor,
  }));
  const contestants = [...baselines, ...(run === undefined ? [] : runPrograms(front, run.config.scope))];
  const data = trainingData(dataset, target);
  if (data.train.length === 0) {
    throw new UserError(
      `${source}: no training rows for the target \`${target}\``,
      'Use a dataset with more step records.',
    );
  }
  let access: TestAccessRecord | undefined;
  const openTest = (): readonly LabelledRows[] => {
    access = recordOpening({ command: 'leaderboard', program: front.map(({ id }) => id).join(' ') }, run, source);
    return openRows(dataset, target, 'test');
  };
  const board = rank(contestants, data, openTest, (done) => note(`fitted ${done}`));
  const queueing = await scoreQueueingTimes(dataset, options.traces);
  if (access === undefined) throw new Error('the test rows were not opened');
  report(board, { dataset, source, target, run, access, queueing }, options);
}

interface Circumstances {
  readonly dataset: Dataset;
  readonly source: string;
  readonly target: TargetName;
  readonly run: Run | undefined;
  readonly access: TestAccessRecord;
  readonly queueing: QueueingReport;
}

function report(board: Leaderboard, about: Circumstances, options: LeaderboardOptions): void {
  const { dataset, source, target, run, access } = about;
  if (options.json) {
    return printJson({
      target,
      split: 'test',
      data: { source, hash: dataset.hash },
      run: run?.directory ?? null,
      testAccess: access,
      bestBaseline: board.bestBaseline,
      rows: board.rows,
      queueing: about.queueing,
    });
  }
  const experiments = Math.max(0, ...board.rows.map((row) => row.experiments.length));
  const title = `Leaderboard on the test rows of ${source}, target ${target}${run === undefined ? '' : `, run ${run.directory}`}`;
  const opened = `Test rows were opened by \`evolve ${access.command}\` at ${access.at}${access.recordedIn.length > 0 ? `, recorded in ${access.recordedIn.join(' and ')}` : ''}.`;
  const legend = [...winnerText(board.rows), leaderboardLegend(board.bestBaseline, experiments)].join('\n');
  const notes = board.rows.flatMap((row) => [
    ...row.notes.map((text) => `${row.name}: ${text}`),
    ...(row.unpredicted.length > 0 ? [`${row.name}: no prediction for ${row.unpredicted.join(', ')}`] : []),
  ]);
  if (options.markdown) {
    const list = notes.map((text) => `- ${text}`).join('\n');
    print(
      `# ${title}\n\n${leaderboardMarkdown(board.rows)}\n\n${legend}\n\n${list}\n\n${queueingText(about.queueing)}\n\n${opened}`,
    );
  } else {
    print(`${title}\n\n${leaderboardTable(board.rows)}\n\n${legend}\n\n${queueingText(about.queueing)}\n\n${opened}`);
    note(notes.map((text) => `note: ${text}`).join('\n'));
  }
}

function checked(run: Run, dataset: Dataset, target: TargetName | undefined): Run {
  if (dataset.hash !== run.config.data.hash) {
    throw new UserError(
      `${run.directory}: was not made on this data (hash ${run.config.data.hash.slice(0, 12)}, not ${dataset.hash.slice(0, 12)})`,
      'Leave --data out, or name a run on this data.',
    );
  }
  if (target !== undefined && target !== run.config.target) {
    throw new UserError(
      `${run.directory}: its target is \`${run.config.target}\`, not \`${target}\``,
      'Leave --target out, or name another run.',
    );
  }
  return run;
}

/** The newest run takes part if it was made on this data, for this target. */
function newestRunOn(dataset: Dataset, target: TargetName | undefined): Run | undefined {
  let run: Run;
  try {
    run = latestRun(RUNS);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note('no run takes part: there is none below runs/');
    return undefined;
  }
  if (run.config.data.hash === dataset.hash && (target === undefined || target === run.config.target)) return run;
  note(`no run takes part: ${run.directory}, the newest, is on other data or for another target`);
  return undefined;
}
