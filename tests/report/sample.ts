import { join } from 'node:path';
import type { RegressionTable } from '../../src/data/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { continueRun, createRun, type Run } from '../../src/run/index.ts';
import type { SearchSettings, Seed } from '../../src/search/index.ts';
import { toyConfig } from '../run/toy-run.ts';
import { TOY_SEEDS } from '../search/toy-evaluator.ts';
import { toyDependencies } from '../search/toy-search.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export function program(text: string): Program {
  const parsed = parseProgram(text);
  if (parsed.ok) return parsed.program;
  throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '));
}

/** A finished run over the small world, in a temporary folder of the test; `seeds` come before the usual ones. */
export async function toyRun(
  changes: Partial<SearchSettings> = { generations: 8 },
  seeds: readonly Seed[] = [],
  folder: string = temporaryFolder(),
): Promise<Run> {
  const run = createRun(join(folder, 'toy'), toyConfig(changes));
  await continueRun(run, toyDependencies({ seeds: [...seeds, ...TOY_SEEDS] }));
  return run;
}

/** Two experiments of a few rows, with one feature `work` and one `kind` of two values. */
export function smallTable(rows = 200): RegressionTable {
  const n = 2 * rows;
  const work = Float64Array.from({ length: n }, (_, i) => 1 + (i % rows));
  const kind = Float64Array.from({ length: n }, (_, i) => i % 2);
  return {
    features: [
      { name: 'work', unit: 'µs', meaning: 'work of the step', range: [0, rows] },
      { name: 'kind', unit: '1', meaning: 'one of two', range: [0, 1] },
    ],
    columns: [work, kind],
    y: Float64Array.from({ length: n }, (_, i) => (i < rows ? 1000 : 4000) + 10 * work[i]!),
    weights: {
      e2e: Float64Array.from({ length: n }, (_, i) => 1 + (i % 40)),
      ttft: Float64Array.from({ length: n }, (_, i) => (i % 4 === 0 ? 1 : 0)),
      itl: Float64Array.from({ length: n }, (_, i) => (i % 4 === 1 ? 0 : 1)),
    },
    experiments: ['a', 'b'].map((id, at) => ({
      id,
      model: id,
      workload: 'w',
      tp: 1,
      modelKey: `${id}-tp1`,
      weight: 1,
      rows: {
        train: [at * rows, at * rows + 0.75 * rows],
        valid: [at * rows + 0.75 * rows, (at + 1) * rows],
        test: [(at + 1) * rows, (at + 1) * rows],
      },
    })),
  };
}
