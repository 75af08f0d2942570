import type { Individual } from './individual.ts';

/** Programs within this share of the best validation error count as equally good. */
const PICK_TOLERANCE = 0.05;
/** Errors that differ by less, in percent, differ by rounding. */
const ROUNDING = 1e-9;

function validationError(individual: Individual): number {
  return individual.evaluation.validationError;
}

/**
 * The program to use: the simplest within 5 % of the best validation error; simplest means fewest operations, then fewest
 * features, then the lowest validation error. Undefined for an empty front.
 */
export function pickProgram(front: readonly Individual[]): Individual | undefined {
  const measurable = front.filter((individual) => Number.isFinite(validationError(individual)));
  const best = Math.min(...measurable.map(validationError));
  return measurable
    .filter((individual) => validationError(individual) <= best * (1 + PICK_TOLERANCE) + ROUNDING)
    .sort(
      (a, b) =>
        a.criteria.operations - b.criteria.operations ||
        a.criteria.features - b.criteria.features ||
        validationError(a) - validationError(b),
    )[0];
}
