import { type Individual, meanMape } from './individual.ts';

/** Programs within this share of the best validation error count as equally good. */
const PICK_TOLERANCE = 0.05;
/** Errors that differ by less, in percent, differ by rounding. */
const ROUNDING = 1e-9;

/**
 * Standard error of a mean over the validation rows, in percent, as the scatter of the rows tells it: a lower error by less may be
 * chance, and then the simpler program is the better guess (the one-standard-error rule; Breiman et al., "Classification and
 * regression trees", 1984, section 3.4.3).
 */
function standardError({ evaluation }: Individual): number {
  const { valid } = evaluation.metrics;
  const rows = valid.reduce((sum, metrics) => sum + metrics.rows, 0);
  return rows === 0 ? 0 : meanMape(evaluation, 'valid') / Math.sqrt(rows);
}

function validationError(individual: Individual): number {
  return individual.evaluation.validationError;
}

/**
 * The program to use: the simplest within 5 % of the best validation error, or within its standard error; simplest means
 * fewest operations, then fewest features, then the lowest validation error. Undefined for an empty front.
 */
export function pickProgram(front: readonly Individual[]): Individual | undefined {
  const measurable = front.filter((individual) => Number.isFinite(validationError(individual)));
  const best = Math.min(...measurable.map(validationError));
  const scatter = Math.min(...measurable.map(standardError));
  return measurable
    .filter((individual) => validationError(individual) <= best + Math.max(best * PICK_TOLERANCE, scatter) + ROUNDING)
    .sort(
      (a, b) =>
        a.criteria.operations - b.criteria.operations ||
        a.criteria.features - b.criteria.features ||
        validationError(a) - validationError(b),
    )[0];
}
