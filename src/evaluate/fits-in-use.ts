import { groupOf, type GroupMember } from './groups.ts';
import type { Accepted, FloorFigures, GroupFit, Scope } from './types.ts';

/** The constants to predict with: those that were fitted in closed loop, where there are some. */
export function fitsInUse({ fits, closedLoop }: Pick<Accepted, 'fits' | 'closedLoop'>): readonly GroupFit[] {
  return closedLoop?.fits ?? fits;
}

/** How they keep to the physical floor; nothing where none was gone by. */
export function floorInUse({ floor, closedLoop }: Pick<Accepted, 'floor' | 'closedLoop'>): FloorFigures | undefined {
  return closedLoop?.floor ?? floor;
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
