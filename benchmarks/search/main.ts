import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pLimit from 'p-limit';
import { median } from '../../src/numeric/index.ts';
import { childJob } from '../child-job.ts';
import { type Figure, tableOfFigures } from '../figure.ts';
import { ARMS } from './arms.ts';
import type { SearchJob, SearchOutcome } from './outcome.ts';

const SEARCH_PROCESS = fileURLToPath(new URL('./search-process.ts', import.meta.url));
const OVERTIME = 100;

export type Row = SearchJob & ({ readonly outcome: SearchOutcome } | { readonly failure: string });

interface Options {
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly data: string | undefined;
  readonly jobs: number;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      arms: { type: 'string', default: 'defaults' },
      seeds: { type: 'string', default: '1,2,3,4,5' },
      seconds: { type: 'string', default: '10' },
      data: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
    },
  });
  const arms = values.arms === 'all' ? Object.keys(ARMS) : values.arms.split(',');
  const unknown = arms.find((arm) => !Object.hasOwn(ARMS, arm));
  if (unknown !== undefined) throw new Error(`no arm ${unknown}; there are ${Object.keys(ARMS).join(', ')}`);
  const numbers = [...values.seeds.split(','), values.seconds, values.jobs].map(Number);
  if (!numbers.every((value) => value > 0)) throw new Error('--seeds, --seconds and --jobs are numbers above 0');
  if (values.data !== undefined && !existsSync(values.data)) throw new Error(`${values.data}: no such folder`);
  const seeds = values.seeds.split(',').map(Number);
  const { data, json } = values;
  return { arms, seeds, seconds: Number(values.seconds), data, jobs: Number(values.jobs), json };
}

/**
 * `npm run bench -- search`: what a search makes of its CPU seconds on step times, by seed: candidates a second, where the time goes,
 * memory, and errors; `--arms` holds other ways of searching against the defaults. See `benchmarks/README.md`.
 */
export async function benchmarkSearch(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const { arms, seeds, seconds, data } = options;
  const jobs = seeds.flatMap((seed) => arms.map((arm): SearchJob => ({ arm, seed, seconds, data })));
  const limit = pLimit(options.jobs);
  let done = 0;
  const rows = await Promise.all(
    jobs.map((job) =>
      limit(async (): Promise<Row> => {
        const row = { ...job, ...(await childJob<SearchOutcome>(SEARCH_PROCESS, job, 1000 * OVERTIME * seconds)) };
        process.stderr.write(`${++done}/${jobs.length} ${cellsOf(row).join('  ')}\n`);
        return row;
      }),
    ),
  );
  const figures = arms.flatMap((arm) => figuresOf(arm, rows));
  if (options.json) process.stdout.write(`${JSON.stringify({ suite: 'search', figures, rows }, undefined, 2)}\n`);
  else process.stdout.write(`${tableOf(rows)}\n${tableOfFigures(figures)}\n`);
  if (rows.some((row) => 'failure' in row)) process.exitCode = 1;
}

const HEAD = ['way', 'seed', 'generations', 'fits', 'CPU-s', 'train %', 'held out %', 'ops', 'hypervolume'];

function cellsOf(row: Row): readonly string[] {
  const head = [row.arm, String(row.seed)];
  if ('failure' in row) return [...head, 'failed', row.failure];
  const { generations, fitted, cpuSeconds, trainingError, heldOutError, operations, hypervolume } = row.outcome;
  return [
    ...head,
    String(generations),
    String(fitted),
    cpuSeconds.toFixed(1),
    trainingError.toPrecision(3),
    heldOutError.toPrecision(3),
    String(operations),
    hypervolume.toFixed(4),
  ];
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const row of rows) table.push([...cellsOf(row)]);
  return table.toString();
}

/** Medians over seeds. */
export function figuresOf(arm: string, rows: readonly Row[]): readonly Figure[] {
  const outcomes = rows.flatMap((row) => (row.arm === arm && 'outcome' in row ? [row.outcome] : []));
  const figure = (
    name: string,
    of: (outcome: SearchOutcome) => number,
    target = '',
    isMet?: (value: number) => boolean,
  ): Figure => {
    const value = outcomes.length === 0 ? null : median(outcomes.map(of));
    return {
      figure: `${arm}: ${name}`,
      value,
      target,
      ok: value === null || isMet === undefined ? null : isMet(value),
    };
  };
  const share = (part: keyof SearchOutcome['profile']): Figure =>
    figure(`CPU time on ${part}, %`, ({ profile, cpuSeconds }) => (100 * profile[part]) / cpuSeconds);
  return [
    figure(
      'candidates scored a CPU-s',
      (each) => each.candidates / each.cpuSeconds,
      '≥ 1500',
      (value) => value >= 1500,
    ),
    figure('programs fitted a CPU-s', (each) => each.fitted / each.cpuSeconds),
    share('drafts'),
    share('fits'),
    share('rest'),
    figure('training error, %', (each) => each.trainingError),
    figure('held-out MAPE of the pick, %', (each) => each.heldOutError),
    figure('operations of the pick', (each) => each.operations),
    figure('hypervolume', (each) => each.hypervolume),
  ];
}
