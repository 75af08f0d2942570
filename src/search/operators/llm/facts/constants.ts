import { constantInfos, type FeatureTable } from '../../../../program/index.ts';
import type { Individual } from '../../../individual.ts';
import { markdownTable, short } from './text.ts';

/** Groups whose constants are shown; with one group for each experiment the table would fill the prompt. */
const MOST_GROUPS = 6;
const VALUE_DIGITS = 3;
const ERROR_DIGITS = 2;

/**
 * The fitted constants of a program by group, each with its unit and with what it is to the result. "?" stands where the data cannot
 * identify a constant, and "at its bound" where the rows push it there.
 */
export function constantsTable({ program, evaluation }: Individual, features: FeatureTable): string {
  if (program.constants.length === 0) return 'none';
  const fits = evaluation.fits.slice(0, MOST_GROUPS);
  const rows = constantInfos(program, features).map(({ name, unit, role }) => [
    name,
    role === 'other' ? (unit ?? '?') : `${unit ?? '?'}, ${role}`,
    ...fits.map(({ constants, standardErrors, bounds }) => {
      const value = constants[name] ?? Number.NaN;
      const error = standardErrors[name];
      const spread = error === null || error === undefined ? '?' : short(error, ERROR_DIGITS);
      return `${short(value, VALUE_DIGITS)} ${bounds?.[name]?.includes(value) === true ? 'at its bound' : `± ${spread}`}`;
    }),
  ]);
  const left = evaluation.fits.length - fits.length;
  return (
    markdownTable(['constant', 'unit', ...fits.map(({ group }) => group)], rows) +
    (left > 0 ? `\n(and ${left} more groups)` : '')
  );
}
