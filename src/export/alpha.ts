import { UserError } from '../base/index.ts';
import type { ClientOverheads } from '../data/index.ts';
import type { GroupFit } from '../evaluate/index.ts';
import type { AlphaCoefficients } from './types.ts';

/** What a coefficient of `alpha_coeffs` is in an interface. */
export interface AlphaPlace {
  readonly unit: string;
  /** For people: which time it is. */
  readonly meaning: string;
  /** The fitted time that it holds; there is none where this is left out. */
  readonly overhead?: keyof ClientOverheads;
}

/** Where a coefficient is from: given at the export, fitted, or zero because it was not fitted. */
export type AlphaSource = 'given' | 'fitted' | 'none';

/** α0, α1 and α2 of a model, each with where it is from. */
export interface Alpha {
  readonly values: AlphaCoefficients;
  readonly sources: readonly [AlphaSource, AlphaSource, AlphaSource];
}

/**
 * The coefficients of a group in an interface: what was given, else what was fitted where the interface has a place for it, else
 * zeros.
 *
 * @throws UserError where one of them is negative or not finite.
 */
export function alphaOf(
  { group, overheads }: Pick<GroupFit, 'group' | 'overheads'>,
  places: readonly [AlphaPlace, AlphaPlace, AlphaPlace],
  given?: AlphaCoefficients,
): Alpha {
  if (given !== undefined) {
    const mend = 'Give three finite numbers that are not negative, in microseconds';
    return { values: checked(given, 'alpha is', mend), sources: ['given', 'given', 'given'] };
  }
  const value = ({ overhead }: AlphaPlace): number => (overhead === undefined ? 0 : (overheads?.[overhead] ?? 0)) + 0;
  const source = ({ overhead }: AlphaPlace): AlphaSource =>
    overhead === undefined || overheads === undefined ? 'none' : 'fitted';
  const [a, b, c] = places;
  return {
    values: checked(
      [value(a), value(b), value(c)],
      `alpha of group \`${group}\` was fitted as`,
      'Evaluate the program again on this dataset, or give alpha at the export',
    ),
    sources: [source(a), source(b), source(c)],
  };
}

function checked(values: AlphaCoefficients, what: string, mend: string): AlphaCoefficients {
  if (values.every((value) => Number.isFinite(value) && value >= 0)) return values;
  throw new UserError({ code: 'export.wrong-alpha', problem: `${what} ${values.join(', ')}`, mend });
}
