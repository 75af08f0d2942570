import type { FeatureTable } from '../feature-table.ts';
import type { Program } from '../ir.ts';
import { withReductions } from '../reductions/info.ts';
import { programUnits } from './constants.ts';
import type { KnownUnits } from './inference.ts';
import { type ConstantInfo, describeConstants } from './roles.ts';
import { type Unit, unitText } from './unit.ts';

/** What step times are in. */
const MICROSECONDS: Unit = new Map([['µs', 1]]);

/** The units and roles of the constants of a program that gives a step time, µs, from features and reductions over requests. */
export function constantInfos(program: Program, given: FeatureTable): readonly ConstantInfo[] {
  return describeConstants(program, knownUnits(program, given));
}

/** The unit of each node of such a program; undefined where it cannot be told, and of numbers in the text. */
export function nodeUnits(program: Program, given: FeatureTable): readonly (string | undefined)[] {
  const units = programUnits(program, knownUnits(program, given));
  return program.graph.nodes.map((_, index) => {
    const unit = units.ofNode(index);
    return unit && unitText(unit);
  });
}

function knownUnits(program: Program, given: FeatureTable): KnownUnits {
  const units = new Map(withReductions(given, program.graph).map(({ name, unit }) => [name, unit]));
  return { feature: (name) => units.get(name), result: MICROSECONDS };
}
