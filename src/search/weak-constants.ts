import { conditionConstants } from '../program/index.ts';
import type { Individual } from './individual.ts';

/** Why the data does not need a constant. */
export type Weakness = 'unidentified' | 'zero' | 'insignificant';

/** A constant that the data does not need. */
export interface WeakConstant {
  readonly name: string;
  readonly weakness: Weakness;
}

/**
 * Constants that the data of no group needs, the most dispensable first: those without a standard error (not identified), those
 * fitted as 0, and those within their standard error of 0. Thresholds are never among them, since the derivative that standard
 * errors come from does not see what they do.
 */
export function weakConstants({ program, evaluation: { fits } }: Individual): readonly WeakConstant[] {
  if (fits.length === 0) return [];
  const thresholds = new Set(conditionConstants(program));
  const weak = program.constants.flatMap(({ name }, declared) => {
    if (thresholds.has(name)) return [];
    const ofGroups = fits.map(({ constants, standardErrors }) => ratioOf(constants[name], standardErrors[name]));
    const strongest = Math.max(...ofGroups);
    if (!(strongest <= 1)) return [];
    return [{ name, weakness: weaknessOf(strongest), strongest, declared }];
  });
  return weak
    .sort((a, b) => a.strongest - b.strongest || b.declared - a.declared)
    .map(({ name, weakness }) => ({ name, weakness }));
}

/** A constant over its standard error, without sign; below 0 where it is not identified, NaN where nothing is known. */
function ratioOf(constant: number | undefined, error: number | null | undefined): number {
  if (constant === 0) return 0;
  if (error === null) return -1;
  return Math.abs(constant ?? Number.NaN) / (error ?? Number.NaN);
}

function weaknessOf(strongest: number): Weakness {
  if (strongest < 0) return 'unidentified';
  return strongest === 0 ? 'zero' : 'insignificant';
}
