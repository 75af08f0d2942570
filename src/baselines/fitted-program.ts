import type { GroupFit, Scope } from '../evaluate/index.ts';
import { evaluateColumns, parseProgram, type Program } from '../program/index.ts';
import { groupOfRows } from './groups.ts';
import type { FittedPredictor } from './predictor.ts';
import { featureColumns } from './feature-columns.ts';

/** A program with constants by group, as a predictor; experiments of other groups get no prediction. */
export function fittedProgram(
  program: Program,
  fits: readonly Pick<GroupFit, 'group' | 'constants'>[],
  scope: Scope,
  notes: readonly string[] = [],
): FittedPredictor {
  const constantsOf = new Map(fits.map(({ group, constants }) => [group, constants]));
  return {
    parameters: program.constants.length * fits.length,
    notes,
    predict: (rows) => {
      const constants = constantsOf.get(groupOfRows(rows, scope));
      if (constants === undefined) return undefined;
      const features = featureColumns(program.graph, rows);
      return evaluateColumns(program.graph, features, constants, rows.steps.stepId.length)[0];
    },
  };
}

/** Parses the text of a formula that ships with the project. @throws Error where it is not a program. */
export function shippedProgram(source: string): Program {
  const parsed = parseProgram(source);
  if (parsed.ok) return parsed.program;
  throw new Error(`a shipped formula does not parse: ${parsed.diagnostics[0]?.message ?? 'unknown reason'}`);
}
