import type { ModelEntry } from './entries.ts';

/**
 * A number of `beta_coeffs`. Simulators refuse negative ones, so a constant stands there without its sign, which stands in the
 * code; one that is negative in some models and positive in others is the difference of two coefficients.
 */
export interface Coefficient {
  /** The constant in Go, or its negative: `cache`, `-cache`. */
  readonly name: string;
  /** Where the constant stands among those of the program. */
  readonly constant: number;
  readonly sign: 1 | -1;
  /** Go expression over constants `c`. */
  readonly ofConstants: string;
}

/** The coefficients of a package, in the order of its constants. */
export function signedCoefficients(
  fields: readonly string[],
  entries: readonly Pick<ModelEntry, 'constants'>[],
): readonly Coefficient[] {
  return fields.flatMap((field, constant): readonly Coefficient[] => {
    const values = entries.map(({ constants }) => constants[constant]!);
    const isPositive = values.every((value) => value >= 0);
    const isNegative = values.every((value) => value <= 0);
    const isMixed = !isPositive && !isNegative;
    const plus = {
      name: field,
      constant,
      sign: 1 as const,
      ofConstants: isMixed ? `max(c.${field}, 0)` : `c.${field}`,
    };
    const minus = {
      name: `-${field}`,
      constant,
      sign: -1 as const,
      ofConstants: isMixed ? `max(-c.${field}, 0)` : `-c.${field}`,
    };
    if (isMixed) return [plus, minus];
    return [isPositive ? plus : minus];
  });
}

/** Their values for the constants of a model. */
export function betaCoefficients(
  coefficients: readonly Coefficient[],
  constants: readonly number[],
): readonly number[] {
  return coefficients.map(({ constant, sign }) => Math.max(sign * constants[constant]!, 0) + 0);
}

/** Go expression that gives a constant back from the list `beta`. */
export function constantFromBeta(name: string, coefficients: readonly Coefficient[]): string {
  const terms = coefficients.flatMap((each, at) =>
    each.name === name ? [`beta[${at}]`] : each.name === `-${name}` ? [`-beta[${at}]`] : [],
  );
  return terms.join(' ').replace(/ -/, ' - ');
}
