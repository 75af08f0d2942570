import { groupOf, type GroupMember } from './groups.ts';
import type { Accepted, GroupFit, Scope } from './types.ts';

/** The constants to predict with: those that were fitted in closed loop, where there are some. */
export function fitsInUse({ fits, closedLoop }: Pick<Accepted, 'fits' | 'closedLoop'>): readonly GroupFit[] {
  return closedLoop?.fits ?? fits;
}

/** Of some fits, the one that holds for an experiment; undefined where none does. */
export function fitOfExperiment(
  fits: readonly GroupFit[],
  experiment: GroupMember,
  scope: Scope,
): GroupFit | undefined {
  const group = groupOf(experiment, scope);
  return fits.find((fit) => fit.group === group);
}
