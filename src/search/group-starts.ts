import { median } from '../numeric/index.ts';
import type { GroupStarts } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import type { Individual } from './individual.ts';

/**
 * Start values of each group for a program that was made from another one: a constant that the parent has starts where it was fitted
 * to the group, moved as the change has moved the start value from the median over groups.
 *
 * @param child its constants are named as in the parent as far as they come from there
 * @returns in the order of the child's constants; none where one vector serves all groups
 */
export function groupStarts(
  { evaluation: { fits } }: Pick<Individual, 'evaluation'>,
  child: Program,
): readonly { readonly group: string; readonly starts: readonly number[] }[] {
  if (fits.length < 2) return [];
  const medians = child.constants.map(({ name }) => median(fits.map(({ constants }) => constants[name] ?? Number.NaN)));
  return fits.map(({ group, constants }) => ({
    group,
    starts: child.constants.map(({ name, start }, i) => {
      const moved = (constants[name] ?? Number.NaN) * (start / medians[i]!);
      return start === medians[i] ? constants[name]! : Number.isFinite(moved) ? moved : start;
    }),
  }));
}

/** The same by name, as a program has them whose constants come in that order. */
export function namedStarts(
  starts: ReturnType<typeof groupStarts>,
  { constants }: Pick<Program, 'constants'>,
): readonly GroupStarts[] {
  return starts.map(({ group, starts: values }) => ({
    group,
    constants: Object.fromEntries(constants.map(({ name }, i) => [name, values[i]!])),
  }));
}

/** Start values for the form in which a program is kept: where that has moved a constant, no group knows better. */
export function startsAsKept(
  starts: readonly GroupStarts[] | undefined,
  proposed: Program,
  kept: Program,
): readonly GroupStarts[] | undefined {
  if (starts === undefined || starts.length === 0) return undefined;
  const before = new Map(proposed.constants.map(({ name, start }) => [name, start]));
  return starts.map(({ group, constants }) => ({
    group,
    constants: Object.fromEntries(
      kept.constants.map(({ name, start }) => [name, before.get(name) === start ? (constants[name] ?? start) : start]),
    ),
  }));
}
