import { diffWords, functionText, lineageOf, programDocument, readHistory } from '../report/index.ts';
import { choiceOf, findProgram, frontEntries, frontEntry, readState, type Run } from '../run/index.ts';
import type { DiffDocument, FrontierDocument, LineageDocument, ShowDocument } from './documents.ts';

/** The Pareto front of a run, from the smallest program to the largest. Reads only; the run may be going on meanwhile. */
export function readFrontier(run: Run): FrontierDocument {
  return frontEntries(readState(run).state);
}

/**
 * One program of a run: source, constants by group, errors by experiment, and the change from its parent.
 *
 * @param id may be shortened where that is clear; default: the run's pick.
 * @throws UserError where the run has no such program.
 */
export function readProgram(run: Run, id?: string): ShowDocument {
  const { state } = readState(run);
  const individual = findProgram(run, state, id);
  const details = programDocument(individual, run.config);
  const [parent] = details.parents;
  const before = parent === undefined ? undefined : readHistory(run).programs.get(parent)?.source;
  return {
    ...details,
    invariants: individual.evaluation.invariants,
    choice: choiceOf(individual, state, run.config.objective),
    change: before === undefined ? [] : diffWords(functionText(before), functionText(details.source)),
  };
}

/**
 * The ancestry of a program from a seed, with the change and the errors at each step.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program.
 */
export function readLineage(run: Run, id?: string): LineageDocument {
  return lineageOf(readHistory(run), findProgram(run, readState(run).state, id).id);
}

/**
 * The difference between two programs of a run, in figures and in text.
 *
 * @throws UserError where the run has no such program.
 */
export function diffPrograms(run: Run, first: string, second: string): DiffDocument {
  const { state } = readState(run);
  const [a, b] = [frontEntry(findProgram(run, state, first)), frontEntry(findProgram(run, state, second))];
  return { a, b, change: diffWords(functionText(a.source), functionText(b.source)) };
}
