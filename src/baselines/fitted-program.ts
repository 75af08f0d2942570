import type { GroupFit, Scope } from '../evaluate/index.ts';
import { programStepTime } from '../serving/index.ts';
import { evaluateColumns, parseProgram, type Program } from '../program/index.ts';
import { groupOfRows, type Grouped } from './groups.ts';
import type { FittedPredictor } from './predictor.ts';
import { featureColumns } from './feature-columns.ts';

/** Constants of a group, and what clients see beyond steps where that was fitted with them. */
export type ProgramFit = Pick<GroupFit, 'group' | 'constants' | 'overheads'>;

/** A program with constants by group, as a predictor; experiments of other groups get no prediction. */
export function fittedProgram(
  program: Program,
  fits: readonly ProgramFit[],
  scope: Scope,
  notes: readonly string[] = [],
): FittedPredictor {
  const fitOf = new Map(fits.map((fit) => [fit.group, fit]));
  const ofRows = (rows: Grouped): ProgramFit | undefined => fitOf.get(groupOfRows(rows, scope));
  return {
    parameters: program.constants.length * fits.length,
    notes,
    predict: (rows) => {
      const fit = ofRows(rows);
      if (fit === undefined) return undefined;
      const features = featureColumns(program.graph, rows);
      return evaluateColumns(program.graph, features, fit.constants, rows.steps.stepId.length)[0];
    },
    timing: (served) => {
      const fit = ofRows(served);
      if (fit === undefined) return undefined;
      const { constants, overheads } = fit;
      return { stepTime: programStepTime(program, constants, served.context, served.contexts), overheads };
    },
  };
}

/** Parses the text of a formula that ships with the project. @throws Error where it is not a program. */
export function shippedProgram(source: string): Program {
  const parsed = parseProgram(source);
  if (parsed.ok) return parsed.program;
  throw new Error(`a shipped formula does not parse: ${parsed.diagnostics[0]?.message ?? 'unknown reason'}`);
}
