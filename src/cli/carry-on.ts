import { buildTable, type Dataset } from '../data/index.ts';
import { createPool } from '../evaluate/index.ts';
import { formatPercent, formatSeconds } from '../report/index.ts';
import { continueRun, frontier, type Run, type RunSummary, runSummary } from '../run/index.ts';
import type { SearchState } from '../search/index.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { onStopSignal } from './exit-codes.ts';
import { frontierText } from './frontier-text.ts';
import { llmLines, operatorLine } from './llm-text.ts';
import { openOperators } from './open-operators.ts';
import { note, print, printJson } from './output.ts';
import { Progress } from './progress.ts';
import { parseSeeds } from './seeds.ts';
import { nameOf } from './workspace.ts';

interface CarryOnOptions {
  readonly jobs: number;
  readonly json: boolean;
  readonly maxMinutes?: number;
  /** Leaves off after this generation. */
  readonly lastGeneration?: number;
  /** Leaves the result to the caller to tell. */
  readonly quiet?: boolean;
}

/** Works on a new or interrupted run until it is done or the user stops it, then prints what it has come to. */
export async function carryOn(
  run: Run,
  dataset: Dataset,
  { jobs, json, maxMinutes, lastGeneration, quiet = false }: CarryOnOptions,
): Promise<void> {
  // Test rows are not even loaded here: they judge once, in `validate`.
  const table = buildTable(dataset, { target: run.config.target, splits: ['train', 'valid'] });
  note(header(run, dataset, table.y.length, jobs));
  // A missing key is told before any process is started.
  const operators = openOperators(run, table, process.env);
  const evaluator = await createPool(table, evaluateSettings(run.config, jobs));
  const stop = new AbortController();
  const forgetSignals = onStopSignal(() => {
    note('\nstopping after this generation; press Ctrl-C again to stop at once (nothing committed is lost)');
    stop.abort();
  });
  const timer = stopAfter(maxMinutes, stop);
  try {
    const progress = new Progress(process.stderr, run.config.search.generations);
    const { state, seconds } = await continueRun(
      run,
      { evaluator, operators, features: table.features, seeds: parseSeeds(run.config.seeds) },
      {
        onStart: (start) => progress.start(start),
        onGeneration: (generation) => progress.generation(generation.state, generation.events),
        signal: stop.signal,
        ...(lastGeneration !== undefined && { lastGeneration }),
      },
    );
    const summary = runSummary(nameOf(run), run.config, state, seconds);
    if (quiet) return;
    if (json) printJson(summary);
    else {
      print(frontierText(frontier(state), summary.best?.id));
      note(footer(run, summary, state));
    }
  } finally {
    clearTimeout(timer);
    forgetSignals();
    await evaluator.close();
  }
}

function stopAfter(minutes: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (minutes === undefined) return undefined;
  return setTimeout(() => {
    note(`\n${minutes} minutes are over: stopping after this generation`);
    stop.abort();
  }, 60_000 * minutes);
}

function header({ directory, config }: Run, dataset: Dataset, rows: number, jobs: number): string {
  const { target, objective, scope, search } = config;
  const withSteps = dataset.experiments.filter(({ steps }) => steps !== undefined).length;
  const summaryOnly = dataset.experiments.length - withSteps;
  const data =
    config.data.source === 'demo' ? 'the embedded demo: simulated traffic, not measurements' : config.data.source;
  return [
    `run        ${directory}`,
    `data       ${data}`,
    `           ${withSteps} experiments, ${rows} training and validation rows${summaryOnly > 0 ? `; ${summaryOnly} summary-only experiments left out` : ''}`,
    `target     ${target}  objective ${objective}  scope ${scope}  seed ${search.seed}`,
    `search     ${search.generations} generations × ${search.children} children, ${search.islands} islands, ${jobs} processes`,
    operatorLine(config),
  ].join('\n');
}

function footer(run: Run, summary: RunSummary, state: SearchState): string {
  const { stopped } = state;
  const directory = shellWord(run.directory);
  const rejected = Object.entries(summary.rejected)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  const next =
    stopped === null
      ? `continue: evolve resume ${directory} (the front is fitted to convergence when a run ends by itself)`
      : `next: evolve show ${directory}, evolve validate ${directory}, evolve export ${directory} --go DIR`;
  return [
    '',
    `${summary.proposed} programs proposed, ${summary.evaluated} evaluated to the end${rejected === '' ? '' : `, rejected: ${rejected}`}`,
    `coverage ${formatPercent(100 * summary.coverage)} %, QD score ${summary.qdScore.toFixed(2)}, hypervolume ${summary.hypervolume.toFixed(4)}, ${formatSeconds(summary.seconds)}`,
    ...llmLines(state, summary),
    `archive ${summary.archiveHash}`,
    stopped === 'budget' ? 'stopped: the next call might exceed --max-cost or --max-calls' : '',
    stopped === 'barren'
      ? 'stopped: for 10 generations no reply of a model held a program that could be evaluated'
      : '',
    stopped === 'stagnation' ? 'stopped: no improvement of 0.5 % in the last 200 generations' : '',
    next,
  ]
    .filter((line, at) => at === 0 || line !== '')
    .join('\n');
}

/** A path as a shell reads it as one word. */
function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
