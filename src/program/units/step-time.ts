import type { FeatureTable } from '../feature-table.ts';
import type { Program } from '../ir.ts';
import { withReductions } from '../reductions/info.ts';
import { type ConstantInfo, describeConstants } from './roles.ts';
import { featureUnit } from './infer.ts';
import { type Unit } from './unit.ts';

/** What step times are in. */
const MICROSECONDS: Unit = new Map([['µs', 1]]);

/**
 * The units and roles of the constants of a program that gives a step time, µs, from features and reductions over requests. Of a
 * program that predicts a column of a table only the units: what has any sign has no overheads and no rates.
 */
export function constantInfos(program: Program, given: FeatureTable): readonly ConstantInfo[] {
  const { target } = given;
  if (target !== undefined) return columnConstants(program, given, featureUnit(target.unit));
  const units = new Map(withReductions(given, program.graph).map(({ name, unit }) => [name, unit]));
  return describeConstants(program, { feature: (name) => units.get(name), result: MICROSECONDS });
}

function columnConstants(program: Program, features: FeatureTable, result: Unit | undefined): readonly ConstantInfo[] {
  if (result === undefined) return program.constants.map(({ name }) => ({ name, unit: undefined, role: 'other' }));
  const units = new Map(features.map(({ name, unit }) => [name, unit]));
  const infos = describeConstants(program, { feature: (name) => units.get(name), result });
  return infos.map((info) => ({ ...info, role: 'other' }));
}
