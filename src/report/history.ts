import { readLog, type Run } from '../run/index.ts';
import type { OperatorFigures, RejectionFigures, RunHistory } from './history-figures.ts';
import { createHistory, HISTORY } from './history-reader.ts';

/** Those with the most front programs first. */
function compareOperators(a: OperatorFigures, b: OperatorFigures): number {
  return b.front - a.front || b.niches - a.niches || (a.mutation < b.mutation ? -1 : 1);
}

/** The most frequent reason first. */
function compareRejections(a: RejectionFigures, b: RejectionFigures): number {
  return b.count - a.count || (a.reason < b.reason ? -1 : 1);
}

/** Reads the log of a run once. A run may be going on meanwhile: what is not committed is left out. */
export function readHistory(run: Run): RunHistory {
  const { programs, seeds, generations, improvements, operators, rejections } = readLog(run, HISTORY, createHistory());
  return {
    programs,
    seeds,
    generations,
    improvements,
    operators: [...operators.values()].sort(compareOperators),
    rejections: [...rejections.values()].sort(compareRejections),
  };
}
