import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importData } from '../../src/app/index.ts';
import { parseSeeds, readSeedTexts } from '../../src/app/seeds.ts';
import { buildTable, type RegressionTable } from '../../src/data/index.ts';
import { DEFAULT_PRIORS, type EvaluateSettings, NO_PRIORS } from '../../src/evaluate/index.ts';
import { columnSeeds, type Seed } from '../../src/search/index.ts';
import { FEYNMAN } from './feynman.ts';
import type { Formula } from './formula.ts';
import { drawRows, type Rows } from './formula-rows.ts';
import { NGUYEN } from './nguyen.ts';
import { plainTable } from './plain-table.ts';
import { type Law, LAWS } from './serving-laws.ts';
import { RECORD_FACTS, stepRecords } from './step-records.ts';

export type Collection = 'Feynman' | 'Nguyen' | 'serving';
/** Every collection of laws, with the names of its laws. */
export const COLLECTIONS: { readonly [C in Collection]: readonly string[] } = {
  Feynman: FEYNMAN.map(({ id }) => id),
  Nguyen: NGUYEN.map(({ id }) => id),
  serving: LAWS.map(({ name }) => name),
};

/** Which law is searched for, in which rows. */
export interface Task {
  readonly collection: Collection;
  readonly law: string;
  /** Of formulas: deviation over the root mean square of the values; of serving laws: of a step's logarithm. */
  readonly noise: number;
  readonly seed: number;
}

/** What a search is given, and what it is judged by. */
export interface Problem {
  /** Training and validation rows. */
  readonly table: RegressionTable;
  readonly seeds: readonly Seed[];
  readonly settings: Pick<EvaluateSettings, 'objective' | 'scope' | 'floor' | 'priors'>;
  /** Operations beyond those of step times that the law may take: for peers that must be told. */
  readonly isPeriodic: boolean;
  /** Of the law without noise. */
  readonly test: Rows;
  /** The same beyond the ranges of training. */
  readonly wide: Rows;
}

const STEP_ROWS = 500;

/** The problem of a task; the same task gives the same rows. */
export async function problemOf(task: Task): Promise<Problem> {
  const { collection, law } = task;
  if (collection === 'serving') return servingProblem(LAWS.find(({ name }) => name === law)!, task);
  return formulaProblem([...FEYNMAN, ...NGUYEN].find(({ id }) => id === law)!, task);
}

function formulaProblem(formula: Formula, { noise, seed }: Task): Problem {
  const names = Object.keys(formula.ranges);
  const { train, test, wide } = drawRows(formula, { noise, seed });
  const table = plainTable(names, train);
  return {
    table,
    seeds: parseSeeds(columnSeeds(table)),
    settings: { objective: 'mse', scope: 'global', floor: false, priors: NO_PRIORS },
    isPeriodic: true,
    test,
    wide,
  };
}

/** Test rows of a serving law are of twice the load of the others, so they are the wide ones too. */
async function servingProblem(law: Law, { noise, seed }: Task): Promise<Problem> {
  const [noisy, exact] = [await recordsOf(law, noise, seed), await recordsOf(law, 0, seed)];
  const { columns, y } = buildTable(exact, { target: 'cycle', splits: ['test'] });
  return {
    table: buildTable(noisy, { target: 'cycle', splits: ['train', 'valid'] }),
    seeds: parseSeeds(readSeedTexts()),
    // The laws are made up, so no floor holds for them.
    settings: { objective: 'e2e', scope: 'model', floor: false, priors: DEFAULT_PRIORS },
    isPeriodic: false,
    test: { columns, y },
    wide: { columns, y },
  };
}

async function recordsOf(law: Law, noise: number, seed: number): ReturnType<typeof importData> {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-law-'));
  try {
    const records = join(folder, 'records.csv');
    writeFileSync(records, stepRecords(law, { rows: STEP_ROWS, noise, seed }));
    return await importData(records, { ...RECORD_FACTS, folder: join(folder, 'data') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
