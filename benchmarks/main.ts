/**
 * `npm run bench`: what evaluation reaches, as ratios within one run; `-- import`, `-- laws`, `-- queue` and `-- search` run the suite of that
 * name instead.
 * `--json` prints one JSON document. The C reference needs `cc`, numpy a `python3` that has it (or $PYTHON); where they are
 * missing, the lines that need them say so.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { WORKER_OPTIONS } from '../src/evaluate/worker-process.ts';
import { type CTimes, timeC } from './c-reference.ts';
import { CMA_CASES, rastriginSuccesses } from './cma.ts';
import { benchmarkImport } from './import.ts';
import { benchmarkLaws } from './laws/main.ts';
import { benchmarkSearch } from './search/main.ts';
import { timeNumpy } from './numpy.ts';
import { benchmarkQueue } from './queue/main.ts';
import { ROWS } from './workload.ts';

interface KernelFigures {
  readonly kernels: {
    readonly b: number;
    readonly a: number;
    readonly bLeastSquares: number;
    readonly bRobust: number;
  };
  readonly freshPerCpuSecond: number;
  readonly refit: { readonly medianMs: number; readonly success: number };
}

interface Figure {
  readonly figure: string;
  /** Null where what it is compared with is missing. */
  readonly value: number | null;
  readonly target: string;
}

const KERNEL_PROCESS = fileURLToPath(new URL('./kernel-process.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../bin/evolve.js', import.meta.url));
const ARGUMENTS = [...WORKER_OPTIONS, '--import', 'tsx', KERNEL_PROCESS];

function timeKernels(): KernelFigures {
  return JSON.parse(execFileSync(process.execPath, ARGUMENTS, { encoding: 'utf8' }));
}

/** Programs per second of so many processes at the same time. */
async function throughput(processes: number): Promise<number> {
  const runs = Array.from({ length: processes }, async () => {
    const child = spawn(process.execPath, [...ARGUMENTS, 'throughput'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
    return JSON.parse(text).perSecond as number;
  });
  return (await Promise.all(runs)).reduce((a, b) => a + b, 0);
}

function demoRunSeconds(): number {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-bench-'));
  try {
    const options = ['--generations', '100', '--children', '8', '--seed', '3', '--jobs', '2', '--json'];
    const output = execFileSync(process.execPath, [CLI, 'run', ...options, '--out', join(folder, 'run')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(output).seconds as number;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ratio(a: number | undefined, b: number | undefined): number | null {
  return a === undefined || b === undefined ? null : a / b;
}

function progress(text: string): boolean {
  return process.stderr.write(`${text}\n`);
}

/** Node ends without a word where nothing is left to wait for, even in the midst of a benchmark that waits for a child. */
let isDone = false;
process.on('exit', (code) => {
  if (!isDone) progress(`the benchmark ended before it was done, with exit code ${code}`);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    progress(`stopped by ${signal}`);
    process.exit(128 + constants.signals[signal]);
  });
}

const SUITES: Readonly<Record<string, (args: readonly string[]) => void | Promise<void>>> = {
  import: benchmarkImport,
  laws: benchmarkLaws,
  queue: benchmarkQueue,
  search: benchmarkSearch,
};
const suite = SUITES[process.argv[2] ?? ''];
if (suite !== undefined) {
  await suite(process.argv.slice(3));
  isDone = true;
  process.exit();
}
progress('C, numpy and kernels …');
const native: CTimes | undefined = timeC(['-O3', '-march=native', '-ffast-math']);
const portable: CTimes | undefined = timeC(['-O3', '-ffast-math']);
const numpy = timeNumpy();
const { kernels, freshPerCpuSecond, refit } = timeKernels();
progress('two processes …');
// The best of three, in turn: what is below it is other work on the machine.
const rates = { one: 0, two: 0 };
for (let i = 0; i < 3; i++) {
  rates.one = Math.max(rates.one, await throughput(1));
  rates.two = Math.max(rates.two, await throughput(2));
}
progress('CMA-ES …');
const cma = CMA_CASES.map((each) => ({ ...each, evaluations: each.medianEvaluations() }));
const rastrigin = rastriginSuccesses();
progress('demo run …');
const demoSeconds = demoRunSeconds();

const figures: readonly Figure[] = [
  { figure: 'kernel time / C, B', value: ratio(kernels.b, native?.b), target: '≤ 1.10' },
  { figure: 'kernel time / C, A', value: ratio(kernels.a, native?.a), target: '≤ 2.6' },
  { figure: 'kernel time / C without -march=native, B', value: ratio(kernels.b, portable?.b), target: '' },
  { figure: 'kernel time / C without -march=native, A', value: ratio(kernels.a, portable?.a), target: '' },
  { figure: 'plain numpy / kernel, B', value: ratio(numpy?.b, kernels.b), target: '≥ 10' },
  { figure: 'plain numpy / kernel, A', value: ratio(numpy?.a, kernels.a), target: '≥ 4.5' },
  { figure: 'fresh programs per core and second, B', value: freshPerCpuSecond, target: '≥ 3000' },
  { figure: 'least-squares pass / C', value: ratio(kernels.bLeastSquares, native?.leastSquares), target: '≤ 1.5' },
  {
    figure: 'the same with the robust loss and the penalty / C',
    value: ratio(kernels.bRobust, native?.robustLeastSquares),
    target: '',
  },
  {
    figure: 'least-squares pass / C without -march=native',
    value: ratio(kernels.bLeastSquares, portable?.leastSquares),
    target: '',
  },
  { figure: 'refit of 7 constants, median ms', value: refit.medianMs, target: '≤ 25' },
  { figure: 'refits that reach the optimum, %', value: 100 * refit.success, target: '≥ 95' },
  { figure: 'two processes / one', value: rates.two / rates.one, target: '≥ 1.8' },
  { figure: 'demo run, 100 generations × 8, s', value: demoSeconds, target: '≤ 60' },
  ...cma.map(({ name, dimensions, evaluations, published }) => ({
    figure: `CMA-ES evaluations, ${name} ${dimensions}-D`,
    value: evaluations,
    target: `${published} ± 10 %`,
  })),
  { figure: 'Rastrigin 10-D by BIPOP, seeds of 11', value: rastrigin, target: '11' },
];

const times = { native, portable, numpy, kernels };
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rows: ROWS, figures, milliseconds: times }, undefined, 2)}\n`);
} else {
  const table = new Table({ head: ['figure', 'measured', 'target'], style: { head: [], border: [] } });
  for (const { figure, value, target } of figures) {
    table.push([figure, value === null ? 'not measured' : String(Number(value.toPrecision(3))), target]);
  }
  process.stdout.write(`${table.toString()}\n`);
  if (native === undefined) process.stdout.write('There is no cc on the PATH, so nothing is compared with C.\n');
  if (numpy === undefined) {
    process.stdout.write('python3 has no numpy; set PYTHON to one that has, to compare with it.\n');
  }
}
isDone = true;
