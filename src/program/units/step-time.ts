import type { FeatureTable } from '../feature-table.ts';
import type { Program } from '../ir.ts';
import { withReductions } from '../reductions/info.ts';
import { type ConstantInfo, describeConstants } from './roles.ts';
import { type Unit } from './unit.ts';

/** What step times are in. */
const MICROSECONDS: Unit = new Map([['µs', 1]]);

/** The units and roles of the constants of a program that gives a step time, µs, from features and reductions over requests. */
export function constantInfos(program: Program, given: FeatureTable): readonly ConstantInfo[] {
  const units = new Map(withReductions(given, program.graph).map(({ name, unit }) => [name, unit]));
  return describeConstants(program, { feature: (name) => units.get(name), result: MICROSECONDS });
}
