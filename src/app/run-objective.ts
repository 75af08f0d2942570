import { UserError } from '../base/index.ts';
import type { Dataset, RegressionTable, TargetName } from '../data/index.ts';
import type { ObjectiveName } from '../evaluate/index.ts';

/** An end-to-end sum means nothing on the scheduler's duration, so that target is scored row by row. */
const DEFAULT_OBJECTIVE: { readonly [T in TargetName]: ObjectiveName } = {
  cycle: 'e2e',
  duration: 'mape',
  column: 'mse',
};

/** Those that a table of plain rows has. */
const OF_COLUMNS: readonly ObjectiveName[] = ['mse', 'mape'];

/**
 * The objective of a run: the one that was asked for, or the default of its data.
 *
 * @throws UserError where it means nothing on these rows
 */
export function objectiveFor(
  asked: ObjectiveName | undefined,
  { source, experiments }: Dataset,
  table: RegressionTable,
  target: TargetName,
): ObjectiveName {
  const refuse = (problem: string, mend: string): UserError =>
    new UserError({ code: 'app.wrong-objective', place: { file: source }, problem, mend });
  // Errors of the worst three say little of a hundred configurations of a few points each.
  if (asked === undefined && experiments.some(({ points }) => points !== undefined)) return 'mape';
  if (asked === undefined) return someAreOfClientsAlone(table) ? 'replay' : DEFAULT_OBJECTIVE[target];
  if (target !== 'column') {
    if (asked !== 'mse') return asked;
    throw refuse('the objective `mse` is of tables, not of step times', 'Use e2e, mape or replay');
  }
  if (!OF_COLUMNS.includes(asked)) {
    throw refuse(`the objective \`${asked}\` is of steps and requests, and it is a table`, 'Use mse or mape');
  }
  const signs = new Set(table.y.map(Math.sign));
  if (asked === 'mse' || (signs.size === 1 && !signs.has(0))) return asked;
  const why = signs.has(0) ? 'is 0 in some rows' : 'has both signs';
  const name = table.features.target?.name ?? '';
  throw refuse(`the target \`${name}\` ${why}, so errors relative to it mean nothing`, 'Use mse');
}

/** Whether nothing but what clients saw is known of some experiment. */
function someAreOfClientsAlone({ experiments, features }: RegressionTable): boolean {
  if (features.target !== undefined) return false;
  const stepped = new Set(experiments.flatMap(({ id, observations }) => (observations === undefined ? [id] : [])));
  return experiments.some(({ id }) => !stepped.has(id));
}
