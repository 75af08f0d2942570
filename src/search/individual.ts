import { type Accepted, firstEntries } from '../evaluate/index.ts';
import type { Complexity } from '../program/index.ts';
import type { Entry, Size } from './archive/index.ts';
import type { CheckedProgram } from './checked-program.ts';
import { resolved } from './choice-rule.ts';

/** Operator name of the programs that a search starts from. */
export const SEED_OPERATOR = 'seed';

/** Operator name of programs that are left of others without what the data does not need; it belongs to every search. */
export const PRUNE_OPERATOR = 'prune';

/** How a program came about. */
export interface Origin {
  /** Number of the proposal in the run, from 0. */
  readonly sequence: number;
  /** 0 for seed programs. */
  readonly generation: number;
  readonly island: number;
  /** Name of the operator; `seed` for seed programs. */
  readonly operator: string;
  /** What the operator did, e.g. `term`; the name of the seed for seed programs. */
  readonly mutation: string;
  /** Ids of the programs that it was made from. */
  readonly parents: readonly string[];
}

/** An evaluated program as the archive keeps it. */
export interface Individual extends Entry, CheckedProgram {
  readonly origin: Origin;
  readonly evaluation: Accepted;
}

/** Mean of the experiments' MAPE on one split, percent; on steps where an experiment has some. */
export function meanMape(evaluation: Accepted, split: 'train' | 'valid'): number {
  const metrics = firstEntries(evaluation.metrics[split]);
  return metrics.length === 0 ? 0 : metrics.reduce((sum, m) => sum + m.mape, 0) / metrics.length;
}

/** The criteria that are known before a program is evaluated. */
export function sizeOf({ operations, features }: Complexity): Size {
  return { operations, features: features.length };
}

/** The origin alone, of an event or anything else that has one. */
export function originOf({ sequence, generation, island, operator, mutation, parents }: Origin): Origin {
  return {
    sequence,
    generation,
    island,
    operator,
    mutation,
    parents,
  };
}

/** Puts an evaluated program in the form that the archive keeps. The tie-break is the mean MAPE on training rows. */
export function createIndividual(origin: Origin, checked: CheckedProgram, evaluation: Accepted): Individual {
  return {
    id: checked.id,
    criteria: { ...sizeOf(checked.complexity), error: resolved(evaluation.error) },
    tieBreak: resolved(meanMape(evaluation, 'train')),
    origin,
    source: checked.source,
    // Not read before somebody needs it, where it comes from a log.
    get program() {
      return checked.program;
    },
    complexity: checked.complexity,
    evaluation,
  };
}

/** The program with what was found of it after its evaluation. */
export function withFindings(
  individual: Individual,
  findings: Partial<Pick<Accepted, 'closedLoop' | 'coverage'>>,
): Individual {
  return createIndividual(individual.origin, individual, { ...individual.evaluation, ...findings });
}
