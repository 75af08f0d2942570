import type { BlockErrors, ObjectiveName } from '../evaluate/index.ts';
import { FEW_ROWS, resolved } from './choice-rule.ts';
import { failedExportGates, failedGates } from './gates.ts';
import type { Individual } from './individual.ts';
import { compare, type DifferenceInterval } from './ties.ts';

/** A program that was picked, and how. */
export interface Pick {
  readonly individual: Individual;
  /** Id of the program of the lowest validation error among those that could be picked. */
  readonly lowest: string;
  /** How far the pick's validation error is above the lowest; undefined where the pick has the lowest, or blocks do not tell. */
  readonly difference?: DifferenceInterval;
  /** Validation rows, or requests, that decided. */
  readonly validationRows: number;
  /** What speaks against trusting it, one line each. */
  readonly warnings: readonly string[];
}

/** In closed loop where the program was fitted in it. */
function validationError({ evaluation }: Individual): number {
  return resolved(evaluation.closedLoop?.validationError ?? evaluation.validationError);
}

function validationBlocks({
  evaluation: { closedLoop, validationBlocks: blocks },
}: Individual): readonly BlockErrors[] | undefined {
  return closedLoop === undefined ? blocks : closedLoop.validationBlocks;
}

/** Programs with up to this many times the best validation error may still turn out best in closed loop. */
const CHOOSABLE = 2;
/** So many are tried at most: each takes some replays of all requests. */
const MOST_CHOOSABLE = 8;
/** So many of them for being small: a front's end may be crowded with programs of one error. */
const SMALL_ONES = 4;

/** The programs of a front to try in closed loop, best first: the lowest errors, and the smallest programs that tie with the lowest. */
export function choosable(front: readonly Individual[], objective: ObjectiveName): readonly Individual[] {
  const trusted = trustedOf(front.filter(({ evaluation }) => Number.isFinite(evaluation.validationError)));
  const byError = [...trusted].sort(
    (a, b) => a.evaluation.validationError - b.evaluation.validationError || (a.id < b.id ? -1 : 1),
  );
  const [lowest] = byError;
  if (lowest === undefined) return [];
  const near = byError.filter(
    ({ evaluation }) => evaluation.validationError <= CHOOSABLE * lowest.evaluation.validationError,
  );
  const small = near
    .filter((each) => compare(validationBlocks(each), validationBlocks(lowest), objective)?.isTie === true)
    .sort(bySize)
    .slice(0, SMALL_ONES);
  const tried = new Set([...new Set([lowest, ...small, ...near])].slice(0, MOST_CHOOSABLE));
  return near.filter((each) => tried.has(each));
}

/** Those that pass every gate; where none does, those that may be exported; where none may, all. */
function trustedOf(individuals: readonly Individual[]): readonly Individual[] {
  const passing = [failedGates, failedExportGates].map((failed) =>
    individuals.filter((each) => failed(each).length === 0),
  );
  return passing.find((some) => some.length > 0) ?? individuals;
}

function bySize(a: Individual, b: Individual): number {
  return (
    a.criteria.operations - b.criteria.operations ||
    a.criteria.features - b.criteria.features ||
    validationError(a) - validationError(b)
  );
}

type Picks = WeakMap<readonly Individual[], Pick | undefined>;

/** A front never changes, and every reader of a run asks for its pick. */
const picks: { readonly [O in ObjectiveName]: Picks } = {
  e2e: new WeakMap(),
  replay: new WeakMap(),
  mape: new WeakMap(),
  mse: new WeakMap(),
};

/**
 * The program to use, by `PICK_RULE`, and how it was picked. Where programs were fitted in closed loop, it is one of them,
 * by their errors there. Undefined for an empty front.
 *
 * @param objective of the run, which validation errors are by
 */
export function explainPick(front: readonly Individual[], objective: ObjectiveName): Pick | undefined {
  const known = picks[objective];
  if (!known.has(front)) known.set(front, makePick(front, objective));
  return known.get(front);
}

/** The program of `explainPick`. */
export function pickProgram(front: readonly Individual[], objective: ObjectiveName): Individual | undefined {
  return explainPick(front, objective)?.individual;
}

function makePick(front: readonly Individual[], objective: ObjectiveName): Pick | undefined {
  const looped = front.filter(({ evaluation }) => evaluation.closedLoop !== undefined);
  const measurable = (looped.length > 0 ? looped : front).filter((each) => Number.isFinite(validationError(each)));
  const candidates = [...trustedOf(measurable)].sort(bySize);
  // The smallest among equals.
  const lowest = candidates.reduce<Individual | undefined>(
    (best, each) => (best === undefined || validationError(each) < validationError(best) ? each : best),
    undefined,
  );
  if (lowest === undefined) return undefined;
  // In closed loop errors are by `replay`, whatever the run goes by.
  const by = looped.length > 0 ? 'replay' : objective;
  for (const individual of candidates) {
    if (individual === lowest) return pickOf(individual, lowest);
    const comparison = compare(validationBlocks(individual), validationBlocks(lowest), by);
    if (comparison?.isTie === true) return pickOf(individual, lowest, comparison.difference);
  }
  return pickOf(lowest, lowest);
}

function pickOf(individual: Individual, lowest: Individual, difference?: DifferenceInterval): Pick {
  const validationRows = rowsOf(individual);
  return {
    individual,
    lowest: lowest.id,
    ...(difference !== undefined && { difference }),
    validationRows,
    warnings: [
      ...(validationRows < FEW_ROWS
        ? [
            `it was picked on ${validationRows} validation rows, which are few: below ${FEW_ROWS} the choice is little better than chance`,
          ]
        : []),
      ...(individual.criteria.features === 0 ? [`it is a constant. ${individual.program.doc}`] : []),
      ...failedGates(individual).map(
        ({ gate, reason }) => `no program passes all gates; this one fails ${gate}: ${reason}`,
      ),
    ],
  };
}

function rowsOf(individual: Individual): number {
  const { metrics } = individual.evaluation;
  const counted = validationBlocks(individual) ?? metrics.valid;
  return counted.reduce((sum, { rows }) => sum + rows, 0);
}
