import { readSource } from '../program/index.ts';
import { type DiffPart, diffWords, functionText } from './diff.ts';
import type { LoggedProgram, RunHistory } from './history-figures.ts';

/** One program on the way from a seed to another, with what was changed. Errors in percent. */
export interface LineageStep {
  /** Id of the program. */
  readonly id: string;
  /** The generation that it came from. */
  readonly generation: number;
  /** The operator that proposed it; `seed` for a seed program. */
  readonly operator: string;
  /** What the operator did; the name of a seed program. */
  readonly mutation: string;
  /** Ids of all the programs that it was made from; the first one is the step before. */
  readonly parents: readonly string[];
  /** By the run's objective on training rows. */
  readonly error: number;
  /** By the run's objective on validation rows. */
  readonly validationError: number;
  /** The doc comment: what a seed's author or a model says of the program. Empty where there is none. */
  readonly reason: string;
  /** As it was proposed. */
  readonly source: string;
  /** The change of the function from the step before; empty for the first one. */
  readonly change: readonly DiffPart[];
}

/**
 * The ancestry of a program, from a seed on: each step is the program that the next one was made from by change. Of a
 * crossover it follows the parent that was changed. Empty where the run has no such program.
 */
export function lineageOf({ programs }: RunHistory, id: string): readonly LineageStep[] {
  const chain: LoggedProgram[] = [];
  const seen = new Set<string>();
  let at = programs.get(id);
  while (at !== undefined && !seen.has(at.id)) {
    seen.add(at.id);
    chain.unshift(at);
    const parent: string | undefined = at.origin.parents[0];
    at = parent === undefined ? undefined : programs.get(parent);
  }
  return chain.map((program, i) => stepOf(program, chain[i - 1]));
}

function stepOf(program: LoggedProgram, before: LoggedProgram | undefined): LineageStep {
  const { id, origin, source, error, validationError } = program;
  const { generation, operator, mutation, parents } = origin;
  const doc = readSource(source).doc;
  const isInherited = before !== undefined && readSource(before.source).doc === doc;
  return {
    id,
    generation,
    operator,
    mutation,
    parents,
    error,
    validationError,
    reason: isInherited ? '' : doc,
    source,
    change: before === undefined ? [] : diffWords(functionText(before.source), functionText(source)),
  };
}
