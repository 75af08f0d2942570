import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRun, importData, readProgram, startRun } from '../../src/app/index.ts';
import type { TargetName } from '../../src/data/index.ts';
import { conditionConstants, DEFAULT_CAPS, measure, parseProgram, type Program } from '../../src/program/index.ts';
import { programId } from '../../src/search/index.ts';
import type { Law } from './laws.ts';
import { RECORD_FACTS, type RecordOptions, stepRecords } from './step-records.ts';

/** What a search made of a law. */
export interface LawOutcome {
  readonly source: string;
  readonly operations: number;
  /** Percent, validation rows. */
  readonly validationError: number;
  /** It is the law's own form, or predicts every row as the law does with no more operations. */
  readonly isExact: boolean;
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

/** Errors below, in percent, are those of rounding. */
const EXACT = 1e-5;

/** Writes the records of a law, imports them, searches and looks at the pick. */
export async function runLaw(law: Law, options: LawSearch): Promise<LawOutcome> {
  const { folder, generations, target, seed } = options;
  const records = join(folder, 'records.csv');
  writeFileSync(records, stepRecords(law, options));
  const data = join(folder, 'data');
  await importData(records, { ...RECORD_FACTS, folder: data });
  const runs = join(folder, 'runs');
  const { run } = await startRun({ runs, data, target, jobs: 1, search: { generations, seed } });
  const pick = readProgram(findRun(runs, run));
  const own = programOf(law.source);
  const found = programOf(pick.source);
  const isSame = programId(found) === programId(own);
  const { operations } = measure(own);
  return {
    source: pick.source,
    operations: pick.operations,
    validationError: pick.validationError,
    isExact: isSame || (pick.operations <= operations && pick.validationError < EXACT),
    idle: idleConstants(found, pick.constantsByGroup, pick.standardErrorsByGroup),
  };
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
