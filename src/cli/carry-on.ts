import { buildTable, type Dataset } from '../data/index.ts';
import { createPool } from '../evaluate/index.ts';
import { formatPercent, formatSeconds } from '../report/index.ts';
import { continueRun, frontier, type Run, type RunSummary, runSummary } from '../run/index.ts';
import { createGrammarOperator } from '../search/index.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { frontierText } from './frontier-text.ts';
import { note, print, printJson } from './output.ts';
import { Progress } from './progress.ts';
import { parseSeeds } from './seeds.ts';

/** Works on a new or interrupted run until it is done or the user stops it, then prints what it has come to. */
export async function carryOn(
  run: Run,
  dataset: Dataset,
  { jobs, json }: { readonly jobs: number; readonly json: boolean },
): Promise<void> {
  // Test rows are not even loaded here: they judge once, in `validate`.
  const table = buildTable(dataset, { target: run.config.target, splits: ['train', 'valid'] });
  note(header(run, dataset, table.y.length, jobs));
  const evaluator = await createPool(table, evaluateSettings(run.config, jobs));
  const stop = new AbortController();
  const onInterrupt = (): void => {
    note('\nstopping after this generation; press Ctrl-C again to stop at once (nothing committed is lost)');
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  try {
    const progress = new Progress(process.stderr, run.config.search.generations);
    const { state, seconds } = await continueRun(
      run,
      { evaluator, operator: createGrammarOperator(), features: table.features, seeds: parseSeeds(run.config.seeds) },
      {
        onStart: (start) => progress.start(start),
        onGeneration: (generation) => progress.generation(generation.state, generation.events),
        signal: stop.signal,
      },
    );
    const summary = runSummary(run.name, run.config, state, seconds);
    if (json) printJson(summary);
    else {
      print(frontierText(frontier(state), summary.best?.id));
      note(footer(run, summary, state.stopped));
    }
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    await evaluator.close();
  }
}

function header({ directory, config }: Run, dataset: Dataset, rows: number, jobs: number): string {
  const { target, objective, scope, operator, search } = config;
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
    `operator   ${operator} (built in, needs no key)`,
  ].join('\n');
}

function footer(run: Run, summary: RunSummary, stopped: string | null): string {
  const rejected = Object.entries(summary.rejected)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  const next =
    stopped === null
      ? `continue: evolve resume ${run.directory}`
      : `next: evolve show ${run.directory}, evolve validate ${run.directory}, evolve export ${run.directory} --go DIR`;
  return [
    '',
    `${summary.proposed} programs proposed, ${summary.evaluated} evaluated${rejected === '' ? '' : `, rejected: ${rejected}`}`,
    `coverage ${formatPercent(100 * summary.coverage)} %, QD score ${summary.qdScore.toFixed(2)}, hypervolume ${summary.hypervolume.toFixed(4)}, ${formatSeconds(summary.seconds)}`,
    `archive ${summary.archiveHash}`,
    stopped === 'stagnation' ? 'stopped: no improvement of 0.5 % in the last 200 generations' : '',
    next,
  ]
    .filter((line, at) => at === 0 || line !== '')
    .join('\n');
}
