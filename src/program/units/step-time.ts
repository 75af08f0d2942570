import type { FeatureTable } from '../feature-table.ts';
import type { Program } from '../ir.ts';
import { withReductions } from '../reductions/info.ts';
import { programUnits } from './constants.ts';
import type { KnownUnits } from './inference.ts';
import { type ConstantInfo, describeConstants } from './roles.ts';
import { featureUnit } from './infer.ts';
import { type Unit, unitText } from './unit.ts';

/** What step times are in. */
const MICROSECONDS: Unit = new Map([['µs', 1]]);

/**
 * The units and roles of the constants of a program that gives a step time, µs, from features and reductions over requests. Of a
 * program that predicts a column of a table only the units: what has any sign has no overheads and no rates.
 */
export function constantInfos(program: Program, given: FeatureTable): readonly ConstantInfo[] {
  const known = knownUnits(program, given);
  if (known === undefined) return program.constants.map(({ name }) => ({ name, unit: undefined, role: 'other' }));
  const infos = describeConstants(program, known);
  return given.target === undefined ? infos : infos.map((info) => ({ ...info, role: 'other' }));
}

/** The unit of each node of a program; undefined where it cannot be told, and of numbers in the text. */
export function nodeUnits(program: Program, given: FeatureTable): readonly (string | undefined)[] {
  const known = knownUnits(program, given);
  if (known === undefined) return program.graph.nodes.map(() => undefined);
  const units = programUnits(program, known);
  return program.graph.nodes.map((_, index) => {
    const unit = units.ofNode(index);
    return unit && unitText(unit);
  });
}

/** Undefined where nothing is known of the target's unit. */
function knownUnits(program: Program, given: FeatureTable): KnownUnits | undefined {
  const units = new Map(withReductions(given, program.graph).map(({ name, unit }) => [name, unit]));
  const result = given.target === undefined ? MICROSECONDS : featureUnit(given.target.unit);
  return result && { feature: (name) => units.get(name), result };
}
