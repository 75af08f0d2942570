import Table from 'cli-table3';
import pLimit from 'p-limit';
import { tableOfFigures } from '../figure.ts';
import { figuresOf } from './figures.ts';
import { HIT_R2 } from './judge.ts';
import { hasOperon, INSTALL } from './operon.ts';
import { jobsOf, readOptions } from './options.ts';
import { type Row, SEARCHERS } from './outcome.ts';
import { runJob } from './run-job.ts';

/**
 * `npm run bench -- laws`: whether a search finds known laws again in some CPU seconds: 40 formulas of the Feynman database, the
 * Nguyen set and laws of servers as step records, and beside it pyoperon on the same rows, where it is installed. See
 * `benchmarks/README.md`.
 */
export async function benchmarkLaws(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const isBeside = hasOperon(options.python);
  if (!isBeside) say(`pyoperon is skipped: ${options.python} does not have it (${INSTALL}, or --python PATH)`);
  const jobs = jobsOf(options, isBeside ? SEARCHERS : ['evolve']);
  const limit = pLimit(options.jobs);
  let done = 0;
  const rows = await Promise.all(
    jobs.map((job) =>
      limit(async () => {
        const row = await runJob(job);
        say(`${++done}/${jobs.length} ${lineOf(row).join('  ')}`);
        return row;
      }),
    ),
  );
  const figures = figuresOf(rows);
  if (options.json) process.stdout.write(`${JSON.stringify({ suite: 'laws', figures, rows }, undefined, 2)}\n`);
  else process.stdout.write(`${tableOf(rows)}\n${tableOfFigures(figures)}\n`);
  if (rows.some((row) => 'failure' in row)) process.exitCode = 1;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const HEAD = [
  'law',
  'noise',
  'seed',
  'by',
  'found',
  'exact',
  '1 − R²',
  'candidates',
  'fits',
  'drafts',
  'CPU-s',
  'ops',
  'formula',
];

function lineOf(row: Row): readonly string[] {
  const head = [row.law, String(row.noise), String(row.seed), row.searcher];
  if ('failure' in row) return [...head, 'failed', '', '', '', '', '', '', '', row.failure];
  const { r2, isExact, candidates, fitted, drafts, cpuSeconds, operations, formula } = row.outcome;
  return [
    ...head,
    r2 > HIT_R2 ? 'yes' : '',
    isExact ? 'yes' : '',
    (1 - r2).toPrecision(2),
    String(candidates),
    String(fitted ?? ''),
    String(drafts ?? ''),
    cpuSeconds.toFixed(1),
    String(operations ?? ''),
    formula,
  ];
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const row of rows) table.push([...lineOf(row)]);
  return table.toString();
}
