import { createHash } from 'node:crypto';
import type { Accepted } from '../evaluate/index.ts';
import { canonicalKey, type Complexity, measure, type Program } from '../program/index.ts';
import type { Entry, Size } from './archive/index.ts';

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
export interface Individual extends Entry {
  readonly origin: Origin;
  readonly source: string;
  readonly program: Program;
  readonly complexity: Complexity;
  readonly evaluation: Accepted;
}

const ID_DIGITS = 8;

/**
 * Short name of a program: the head of the SHA-256 of its canonical key. Programs that differ only in the names and values
 * of their constants or in the order of commutative operands have the same id, and a run keeps one of them.
 */
export const programId = (program: Program): string =>
  createHash('sha256').update(canonicalKey(program)).digest('hex').slice(0, ID_DIGITS);

/** Mean of the experiments' MAPE on one split, percent. */
export const meanMape = (evaluation: Accepted, split: 'train' | 'valid'): number => {
  const metrics = evaluation.metrics[split];
  return metrics.length === 0 ? 0 : metrics.reduce((sum, m) => sum + m.mape, 0) / metrics.length;
};

/** The objectives that are known before a program is evaluated. */
export const sizeOf = ({ operations, features }: Complexity): Size => ({ operations, features: features.length });

/** Puts an evaluated program in the form that the archive keeps. The tie-break is the mean MAPE on training rows. */
export const createIndividual = (
  origin: Origin,
  source: string,
  program: Program,
  evaluation: Accepted,
): Individual => {
  const complexity = measure(program);
  return {
    id: programId(program),
    objectives: { ...sizeOf(complexity), error: evaluation.error },
    tieBreak: meanMape(evaluation, 'train'),
    origin,
    source,
    program,
    complexity,
    evaluation,
  };
};
