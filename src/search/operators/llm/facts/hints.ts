import type { RegressionTable } from '../../../../data/index.ts';
import { pearson } from '../../../../numeric/index.ts';
import type { Individual } from '../../../individual.ts';
import type { PredictedRows } from './rows.ts';
import { short, signed } from './text.ts';

/** Below this a feature explains less than 4 % of the variance that is left, however many rows say so. */
const LEAST_CORRELATION = 0.2;
/** Features that go with each other like this say the same. */
const ALIKE = 0.95;
const MOST_HINTS = 5;
const MOST_ALIKE = 3;
const MOST_TERMS = 4;

/** A feature that goes with the residual. */
export interface Hint {
  readonly feature: string;
  readonly r: number;
  /** Others that go with it. */
  readonly alike: readonly string[];
}

/** Hints of a program, and what they had to pass. */
export interface Hints {
  readonly hints: readonly Hint[];
  /** Correlation below which a feature is left out. */
  readonly least: number;
  /** Training rows. */
  readonly rows: number;
}

/**
 * Features whose correlation with the residual is more than chance, which gives |r| up to 2/√n on n rows in 19 of 20 cases, and of
 * use. Those that rise together are one hint.
 */
export function hintsOf({ evaluation }: Individual, table: RegressionTable, rows: PredictedRows): Hints {
  const count = table.experiments
    .filter(({ observations }) => observations === undefined)
    .reduce((sum, { rows: { train } }) => sum + train[1] - train[0], 0);
  const least = Math.max(LEAST_CORRELATION, 2 / Math.sqrt(Math.max(1, count)));
  const hints: (Hint & { readonly alike: string[]; readonly column: Float64Array | undefined })[] = [];
  for (const { feature, r } of evaluation.residualCorrelations) {
    if (!(Math.abs(r) > least)) continue;
    const column = rows.column(feature);
    const twin = hints.find(
      ({ column: other }) => column !== undefined && other !== undefined && pearson(column, other) >= ALIKE,
    );
    if (twin === undefined) hints.push({ feature, r, alike: [], column });
    else if (twin.alike.length < MOST_ALIKE) twin.alike.push(feature);
  }
  return { hints: hints.slice(0, MOST_HINTS), least, rows: count };
}

/** Hints on a line; empty where there are none. */
export function hintsLine({ hints }: Hints): string {
  return hints
    .map(({ feature, r, alike }) => `${feature} ${signed(r)}${alike.length > 0 ? ` (so too ${alike.join(', ')})` : ''}`)
    .join('; ');
}

/** Terms that a program lacks as a linear step on its training rows tells, the best first; none where it was not looked for. */
export function lackingTerms({ evaluation }: Individual): readonly { readonly form: string; readonly gain: string }[] {
  return (evaluation.residualTerms ?? [])
    .toSorted((a, b) => b.gain - a.gain)
    .slice(0, MOST_TERMS)
    .map(({ term, place, coefficient, gain }) => {
      const signedTerm = `${coefficient < 0 ? '-' : '+'} ${short(Math.abs(coefficient), 3)} * (${term})`;
      return { form: place === 'sum' ? `p ${signedTerm}` : `p * (1 ${signedTerm})`, gain: short(100 * gain, 2) };
    });
}
