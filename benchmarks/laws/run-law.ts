import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRun, importData, readProgram, startRun } from '../../src/app/index.ts';
import { buildTable, type RegressionTable, type TargetName } from '../../src/data/index.ts';
import {
  conditionConstants,
  DEFAULT_CAPS,
  evaluateColumns,
  measure,
  parseProgram,
  type Program,
} from '../../src/program/index.ts';
import type { Law } from './laws.ts';
import { RECORD_FACTS, type RecordOptions, stepRecords } from './step-records.ts';

/** What a search made of a law. */
export interface LawOutcome {
  readonly source: string;
  readonly operations: number;
  /** Percent, validation rows. */
  readonly validationError: number;
  /** It is the law as a function: off by no more than rounding on batches of up to twice the size of those that were measured. */
  readonly isExact: boolean;
  /** It takes no more operations than the law as it is written down. */
  readonly isSmallest: boolean;
  /** Constants of it that its data cannot tell from 0, or cannot tell at all. */
  readonly idle: readonly string[];
}

/** How a law is searched for. */
export interface LawSearch extends RecordOptions {
  readonly generations: number;
  readonly target: TargetName;
  /** An empty folder. */
  readonly folder: string;
}

/** Relative deviations below are rounding. */
const ROUNDING = 1e-6;

/** Writes the records of a law, imports them, searches and looks at the pick. */
export async function runLaw(law: Law, options: LawSearch): Promise<LawOutcome> {
  const { folder, generations, target, seed } = options;
  const records = join(folder, 'records.csv');
  writeFileSync(records, stepRecords(law, options));
  const data = join(folder, 'data');
  const dataset = await importData(records, { ...RECORD_FACTS, folder: data });
  const runs = join(folder, 'runs');
  const { run } = await startRun({ runs, data, target, jobs: 1, search: { generations, seed } });
  const pick = readProgram(findRun(runs, run));
  const found = programOf(pick.source);
  const [constants = {}] = Object.values(pick.constantsByGroup);
  return {
    source: pick.source,
    operations: pick.operations,
    validationError: pick.validationError,
    isExact:
      options.noise === 0 &&
      largestDeviation(found, constants, buildTable(dataset, { target, splits: ['test'] })) < ROUNDING,
    isSmallest: pick.operations <= measure(programOf(law.source)).operations,
    idle: idleConstants(found, pick.constantsByGroup, pick.standardErrorsByGroup),
  };
}

function largestDeviation(
  { graph }: Program,
  constants: Readonly<Record<string, number>>,
  { features, columns, y }: RegressionTable,
): number {
  const named = Object.fromEntries(features.map(({ name }, at) => [name, columns[at]!]));
  const [predicted = new Float64Array()] = evaluateColumns(graph, named, constants, y.length);
  return predicted.reduce((most, us, row) => Math.max(most, Math.abs(us / y[row]! - 1)), 0);
}

function programOf(source: string): Program {
  const parsed = parseProgram(source, { caps: DEFAULT_CAPS });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('; '));
  return parsed.program;
}

type ByGroup<T> = Readonly<Record<string, Readonly<Record<string, T>>>>;

function idleConstants(
  program: Program,
  constants: ByGroup<number>,
  errors: ByGroup<number | null>,
): readonly string[] {
  const thresholds = new Set(conditionConstants(program));
  const groups = Object.keys(constants);
  return program.constants
    .map(({ name }) => name)
    .filter((name) => !thresholds.has(name))
    .filter((name) =>
      groups.every((group) => {
        const error = errors[group]?.[name] ?? Number.POSITIVE_INFINITY;
        return Math.abs(constants[group]?.[name] ?? 0) <= error;
      }),
    );
}
