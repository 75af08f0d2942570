import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Rows } from './formula-rows.ts';
import type { Answer } from './outcome.ts';
import type { Problem, Task } from './problem.ts';

const SCRIPT = fileURLToPath(new URL('./operon.py', import.meta.url));
const BUFFER_BYTES = 2 ** 26;

/** The version that was tried. */
const VERSION = '0.6.2';
export const INSTALL: string = `pip install pyoperon==${VERSION}`;

/** Whether this python has pyoperon. */
export function hasOperon(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import pyoperon'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Printed {
  readonly candidates: number;
  readonly cpuSeconds: number;
  readonly formula: string;
  readonly test: readonly (number | null)[];
  readonly wide: readonly (number | null)[];
}

/**
 * What pyoperon makes of the same rows in as many CPU seconds, on one thread. Those that validate ours are training rows too: it
 * chooses from its front by an information criterion.
 */
export function askOperon(
  { table, test, wide, isPeriodic }: Problem,
  { seed }: Task,
  seconds: number,
  python: string,
): Answer {
  const listed = ({ columns }: Pick<Rows, 'columns'>): readonly (readonly number[])[] =>
    columns.map((column) => [...column]);
  const names = table.features.map(({ name }) => name);
  const input = {
    names,
    columns: listed(table),
    y: [...table.y],
    test: listed(test),
    wide: listed(wide),
    seconds,
    seed,
    isPeriodic,
  };
  const printed = JSON.parse(
    execFileSync(python, [SCRIPT], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: BUFFER_BYTES,
      env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  ) as Printed;
  const numbers = (values: Printed['test']): Float64Array => Float64Array.from(values, (value) => value ?? Number.NaN);
  return { ...printed, test: numbers(printed.test), wide: numbers(printed.wide) };
}
