import { UserError } from '../base/index.ts';
import type { Dataset } from '../data/index.ts';
import type { RunConfig } from '../run/index.ts';

/** What the configuration of a run on a table remembers of it; nothing of other data. */
export function tableHead({ table }: Dataset): Pick<RunConfig['data'], 'table'> {
  if (table === undefined) return {};
  const { target, features, description } = table;
  return { table: { target, features, ...(description !== undefined && { description }) } };
}

/** @throws UserError for an option that means nothing where rows are no steps */
export function refuseOptionsOfSteps(
  { floor, priors }: { readonly floor?: boolean; readonly priors?: string },
  { table, source }: Dataset,
): void {
  if (table === undefined) return;
  const idle = floor === true ? 'the physical floor' : priors === undefined || priors === 'off' ? undefined : 'priors';
  if (idle === undefined) return;
  throw new UserError({
    code: 'app.idle-in-table',
    place: { file: source },
    problem: `${idle} would be of step times, and it is a table`,
    mend: 'Leave it out',
  });
}

/**
 * What looks at steps, batches or clients has nothing to look at in a table.
 *
 * @param what is asked for, e.g. `a leaderboard of step-time predictors`
 * @throws UserError where the data is a table
 */
export function refuseTable({ table, source }: Dataset, what: string): void {
  if (table === undefined) return;
  throw new UserError({
    code: 'app.no-steps',
    place: { file: source },
    problem: `${what} needs steps of an engine, and it is a table whose target is \`${table.target.header}\``,
    mend: 'Look at a program of it, compare runs, or export one',
  });
}
