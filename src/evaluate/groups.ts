import type { TableExperiment } from '../data/index.ts';
import type { Scope } from './types.ts';

/** What decides the group of an experiment. */
export type GroupMember = Pick<TableExperiment, 'id' | 'modelKey'>;

const GROUP_OF: { readonly [S in Scope]: (experiment: GroupMember) => string } = {
  global: () => 'all',
  model: (experiment) => experiment.modelKey,
  experiment: (experiment) => experiment.id,
};

/** Name of the group whose constants an experiment shares. */
export function groupOf(experiment: GroupMember, scope: Scope): string {
  return GROUP_OF[scope](experiment);
}

/** Indices of the experiments of each group, groups in order of their first experiment. */
export function groupExperiments(
  experiments: readonly TableExperiment[],
  scope: Scope,
): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, experiment] of experiments.entries()) {
    const name = groupOf(experiment, scope);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [index]);
    else members.push(index);
  }
  return groups;
}
