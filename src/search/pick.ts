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

/** In closed loop where the program was fitted in it. */
function validationError({ evaluation }: Individual): number {
  return evaluation.closedLoop?.validationError ?? evaluation.validationError;
}

/** Programs with up to this many times the best validation error may still turn out best in closed loop. */
const CHOOSABLE = 2;
/** So many are tried at most: each takes some replays of all requests. */
const MOST_CHOOSABLE = 8;

/** The programs of a front to try in closed loop, best first. */
export function choosable(front: readonly Individual[]): readonly Individual[] {
  const errors = front.map(({ evaluation }) => evaluation.validationError);
  const most = CHOOSABLE * Math.min(...errors.filter(Number.isFinite));
  return front
    .filter(({ evaluation }) => evaluation.validationError <= most)
    .sort((a, b) => a.evaluation.validationError - b.evaluation.validationError || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_CHOOSABLE);
}

/**
 * The program to use: the simplest within 5 % of the best validation error, or within its standard error; simplest means
 * fewest operations, then fewest features, then the lowest validation error. Where programs were fitted in closed loop, one of
 * them, by its error there. Undefined for an empty front.
 */
export function pickProgram(front: readonly Individual[]): Individual | undefined {
  const looped = front.filter(({ evaluation }) => evaluation.closedLoop !== undefined);
  const candidates = looped.length > 0 ? looped : front;
  const measurable = candidates.filter((individual) => Number.isFinite(validationError(individual)));
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
