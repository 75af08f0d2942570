import type { Diagnostic } from './diagnostic.ts';
import type { Program } from './ir.ts';
import { type Complexity, measure } from './measure.ts';
import { MOST_REDUCTIONS, reductionOf } from './reductions/index.ts';

/** Limits that hold before anything is evaluated. */
export interface Caps {
  readonly operations: number;
  readonly conditionals: number;
  readonly constants: number;
  /** UTF-8 bytes of the program's text. */
  readonly textBytes: number;
  /** Depth of parentheses, brackets and braces in the text. */
  readonly nesting: number;
}

/** Limits where nothing is said: a program that fits on a screen. */
export const DEFAULT_CAPS: Caps = Object.freeze({
  operations: 30,
  conditionals: 3,
  constants: 10,
  textBytes: 65536,
  nesting: 64,
});

const MENDS = {
  operations: 'drop the terms that matter least, or share a common expression in a const',
  conditionals: 'merge branches, or use Math.min and Math.max in place of a choice',
  constants: 'drop the constants that matter least, or share one between terms',
} as const;

/** What of a measured program lies over the caps on operations, conditionals and constants. */
export function overCaps(measured: Complexity, caps: Caps = DEFAULT_CAPS): readonly Diagnostic[] {
  return [...overCounts(measured, caps), ...tooManyReductions(measured)];
}

/** Each takes a column of its own, so their number is bounded whatever the caps are. */
function tooManyReductions({ features }: Complexity): readonly Diagnostic[] {
  const count = features.filter((name) => reductionOf(name) !== undefined).length;
  if (count <= MOST_REDUCTIONS) return [];
  const message = `the program has ${count} sums and maxima over requests, ${MOST_REDUCTIONS} are allowed`;
  const mend = 'drop those that matter least';
  return [{ code: 'too-many-reductions', message, mend, line: 1, column: 1 }];
}

function overCounts(measured: Complexity, caps: Caps): readonly Diagnostic[] {
  return (['operations', 'conditionals', 'constants'] as const).flatMap((what) =>
    measured[what] <= caps[what]
      ? []
      : [
          {
            code: `too-many-${what}`,
            message: `the program has ${measured[what]} ${what}, ${caps[what]} are allowed`,
            mend: MENDS[what],
            line: 1,
            column: 1,
          },
        ],
  );
}

/** What of the program, as `measure` counts it, lies over the caps on operations, conditionals and constants. */
export function checkCaps(program: Program, caps: Caps = DEFAULT_CAPS): readonly Diagnostic[] {
  return overCaps(measure(program), caps);
}
