import type { RegressionTable } from '../../../data/index.ts';
import { floorInUse, groupOf } from '../../../evaluate/index.ts';
import { type Program, printSource } from '../../../program/index.ts';
import { withFittedStarts } from '../../fitted-starts.ts';
import type { Individual } from '../../individual.ts';
import { binsTable } from './facts/bins.ts';
import { constantsTable } from './facts/constants.ts';
import { floorCurves, type FloorCurves } from './facts/curves.ts';
import { experimentsTable, worstExperiments, worstLine } from './facts/experiments.ts';
import { hintsLine, hintsOf, lackingTerms } from './facts/hints.ts';
import { predictedRows } from './facts/rows.ts';
import { short, signed } from './facts/text.ts';
import type { Task } from './settings.ts';

/** What a prompt says of any of its programs. */
export interface ShownParent {
  readonly number: number;
  readonly id: string;
  readonly error: string;
  readonly operations: number;
  readonly conditionals: number;
  readonly features: number;
  readonly source: string;
  /** The worst experiments on a line. */
  readonly worst: string;
}

/** All that a prompt says of the program that is to be changed; tables are ready-made text, empty where there is nothing to tell. */
export interface Dossier extends ShownParent {
  readonly constants: string;
  readonly experiments: string;
  readonly correlations: string;
  /** What a correlation had to pass, and on how many training rows. */
  readonly least: string;
  readonly rows: number;
  readonly terms: ReturnType<typeof lackingTerms>;
  readonly hasTerms: boolean;
  readonly bins: string;
  readonly curves?: FloorCurves;
  readonly nonPositive: string;
  readonly monotonicity: string;
  readonly floor?: { readonly violations: number; readonly batches: number };
}

/** Start values with as many digits as mean something to a reader. */
const DIGITS = 4;
/** Features by which residuals are told, beside the prediction itself. */
const BINNED_FEATURES = 2;

/** What is told of a program that stands beside the one to be changed. */
export function shownParent(parent: Individual, number: number, task: Task): ShownParent {
  const { evaluation, criteria, complexity } = parent;
  return {
    number,
    id: parent.id,
    error: short(evaluation.error),
    operations: criteria.operations,
    conditionals: complexity.conditionals,
    features: criteria.features,
    source: shownSource(parent),
    worst: worstLine(worstExperiments(parent, task), task.objective),
  };
}

/** All that is known of a parent from training rows, for the prompt. Validation figures are left out on purpose. */
export function dossierOf(parent: Individual, number: number, table: RegressionTable, task: Task): Dossier {
  const { evaluation } = parent;
  const experiments = worstExperiments(parent, task);
  const worst = table.experiments.find(({ id }) => id === experiments[0]?.id);
  const rows = predictedRows(parent, table, task.scope);
  const hints = hintsOf(parent, table, rows);
  const terms = lackingTerms(parent);
  const curves = worst && floorCurves(parent, table, worst, task.scope);
  const floor = floorInUse(evaluation);
  return {
    ...shownParent(parent, number, task),
    constants: constantsTable(parent, table.features),
    experiments: experimentsTable(experiments),
    correlations: hintsLine(hints),
    least: signed(hints.least).slice(1),
    rows: hints.rows,
    terms,
    hasTerms: terms.length > 0,
    bins: binsTable(
      rows,
      hints.hints.slice(0, BINNED_FEATURES).map(({ feature }) => feature),
      {
        worst: worst && groupOf(worst, task.scope),
        isRelative: table.features.target === undefined,
      },
    ),
    ...(curves !== undefined && { curves }),
    nonPositive: short(100 * evaluation.invariants.nonPositive),
    monotonicity: short(100 * evaluation.invariants.monotonicityViolations),
    ...(floor !== undefined && { floor: { violations: floor.violations, batches: floor.batches } }),
  };
}

/** A parent's text as the prompt has it. */
export function shownSource(parent: Individual): string {
  return printSource(withShortStarts(withFittedStarts(parent))).trimEnd();
}

function withShortStarts(program: Program): Program {
  return {
    ...program,
    constants: program.constants.map(({ name, start }) => ({ name, start: Number(start.toPrecision(DIGITS)) })),
  };
}
