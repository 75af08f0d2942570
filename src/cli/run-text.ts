import type { FrontierDocument, OpenedRun, RunDocument } from '../app/index.ts';
import { sandboxHost } from '../kernel/index.ts';
import { formatPercent, formatSeconds } from '../report/index.ts';
import type { Run } from '../run/index.ts';
import { frontierText } from './frontier-text.ts';
import { llmLines, operatorLine } from './llm-text.ts';
import { note, print, printJson } from './output.ts';
import { shellWord } from './shell-word.ts';

/** What a run is about, before it is worked on. */
export function runHeader({
  run: { directory, config },
  experiments,
  rows,
  replayedRows,
  jobs,
  queue,
}: OpenedRun): string {
  const { target, objective, scope, search } = config;
  const { used, leftOut } = experiments;
  const { table } = config.data;
  const data =
    config.data.source === 'demo' ? 'the embedded demo: simulated traffic, not measurements' : config.data.source;
  return [
    `run        ${directory}`,
    `data       ${data}`,
    `           ${table === undefined ? `${used} ${used === 1 ? 'experiment' : 'experiments'}` : `${table.features.length} columns${used > 1 ? `, ${used} groups` : ''}`}, ${rowsText(rows, replayedRows)}${leftOut > 0 ? `; ${leftOut} left out, which have neither step records nor batches that were found` : ''}`,
    `target     ${table?.target.header ?? target}  objective ${objective}  scope ${scope}  seed ${search.seed}`,
    `search     ${search.generations} generations × ${search.children} children, ${search.islands} islands, ${queue === undefined ? `${jobs} processes${sandboxHost() === 'isolate' ? ' with isolates' : ''}` : `workers of ${queue}`}`,
    operatorLine(config),
  ].join('\n');
}

function rowsText(rows: number, replayed: number): string {
  if (replayed === 0) return `${rows} training and validation rows`;
  const batches = `${replayed} rows of replayed batches`;
  return rows === replayed ? batches : `${rows - replayed} recorded training and validation rows, ${batches}`;
}

/** Prints what a run has come to: the document, or the front on stdout and the rest on stderr. */
export function printRun(run: Run, document: RunDocument, front: FrontierDocument, json: boolean): void {
  if (json) return printJson(document);
  print(frontierText(front, document.best?.id, run.config.objective));
  note(runFooter(run.directory, document));
}

const STOPPED: { readonly [R in NonNullable<RunDocument['stopped']>]: string } = {
  generations: '',
  time: 'ended by --minutes',
  budget: 'stopped: the next call might exceed --max-cost or --max-calls',
  barren: 'stopped: for 10 generations no reply of a model held a program that could be evaluated',
  stagnation: 'stopped: no improvement of 0.5 % in the last 200 generations',
};

/** What a run has come to, and what to do next. */
export function runFooter(directory: string, document: RunDocument): string {
  const { stopped } = document;
  const word = shellWord(directory);
  const rejected = Object.entries(document.rejected)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
  const next =
    stopped === null
      ? `continue: evolve resume ${word} (the front is fitted to convergence when a run ends by itself)`
      : `next: evolve show ${word}, evolve validate ${word}, evolve export ${word} --go DIR`;
  return [
    '',
    `${document.drafts > 0 ? `${document.drafts} drafts scored, ` : ''}${document.proposed} programs proposed, ${document.evaluated} evaluated to the end${rejected === '' ? '' : `, rejected: ${rejected}`}`,
    `coverage ${formatPercent(100 * document.coverage)} %, QD score ${document.qdScore.toFixed(2)}, hypervolume ${document.hypervolume.toFixed(4)}, ${formatSeconds(document.seconds)}`,
    ...closedLoopLine(document),
    ...(document.choice?.warnings ?? []).map((warning) => `warning, of the pick: ${warning}`),
    ...llmLines(document),
    `archive ${document.archiveHash}`,
    stopped === null ? '' : STOPPED[stopped],
    next,
  ]
    .filter((line, at) => at === 0 || line !== '')
    .join('\n');
}

/** The pick against the clients, where they are known. */
function closedLoopLine({ best }: RunDocument): readonly string[] {
  if (best?.closedLoop === undefined) return [];
  const { latencies, saturated } = best.closedLoop;
  const errors = `TTFT ${formatPercent(latencies.ttft)} %, ITL ${formatPercent(latencies.itl)} %, E2E ${formatPercent(latencies.e2e)} %`;
  const full = saturated.length === 0 ? '' : `; saturated: ${saturated.join(', ')}`;
  return [`closed loop of ${best.id}, off what clients measured (validation, median of experiments): ${errors}${full}`];
}
