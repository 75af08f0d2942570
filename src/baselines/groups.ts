import { groupOf, type Scope } from '../evaluate/index.ts';
import { concatColumns } from '../numeric/index.ts';
import type { LabelledRows, StepRows } from './rows.ts';

/** What decides the group of some rows. */
export type Grouped = Pick<StepRows, 'modelKey'> & { readonly experiment: Pick<StepRows['experiment'], 'id'> };

/** Name of the group whose constants these rows share. */
export function groupOfRows(rows: Grouped, scope: Scope): string {
  return groupOf({ id: rows.experiment.id, modelKey: rows.modelKey }, scope);
}

/** The parts of each group, groups in order of their first part. */
export function groupParts(parts: readonly LabelledRows[], scope: Scope): ReadonlyMap<string, readonly LabelledRows[]> {
  const groups = new Map<string, LabelledRows[]>();
  for (const part of parts) {
    const name = groupOfRows(part, scope);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [part]);
    else members.push(part);
  }
  return groups;
}

/** Columns of several parts, one matrix of columns for all of them. */
export function concatMatrices(matrices: readonly (readonly Float64Array[])[]): readonly Float64Array[] {
  return (matrices[0] ?? []).map((_, at) => concatColumns(matrices.map((matrix) => matrix[at]!)));
}

/** How the rows of a scope are spoken of. */
export const SCOPE_WORDS: { readonly [S in Scope]: string } = {
  global: 'all experiments together',
  model: 'per model',
  experiment: 'per experiment',
};
