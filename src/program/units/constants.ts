import type { Program } from '../ir.ts';
import { unknown } from './equations.ts';
import { Inference, type KnownUnits, type NodeUnit } from './inference.ts';
import type { Unit } from './unit.ts';

/** Units of a program's nodes. */
export interface ProgramUnits {
  readonly ofConstant: (name: string) => Unit | undefined;
  /** Whether all that leaves the unit of a constant open is the exponent of a power. */
  readonly isOfPower: (name: string) => boolean;
  /** Of a node of the graph; undefined where it cannot be told, and of a number in the text. */
  readonly ofNode: (index: number) => Unit | undefined;
}

/**
 * The units of a program's constants and of all that they are part of, from those of its features and of its result, inferred from
 * the result down:
 *
 * - the terms of a sum or a difference, what a maximum, minimum or hypotenuse joins and the branches of a choice have one unit;
 * - the factors of a product multiply to its unit, so that a single constant takes the quotient;
 * - both sides of a comparison have one unit;
 * - exponents, and arguments of exp, log, tanh and the like, are pure numbers;
 * - a number in the text takes the unit of what it is added to or compared with, and none as a factor.
 *
 * Where several constants of one product are found nowhere else, `applyConventions` says which of them takes its unit. Where a power has a
 * constant for its exponent, the unit of what stands in front of it cannot be told. Where two places contradict each other, the one
 * nearer to the result decides.
 */
export function programUnits({ graph, constants }: Program, known: KnownUnits): ProgramUnits {
  const unknowns = new Map(constants.map(({ name }, index) => [name, index]));
  const inference = new Inference(graph, known, unknowns);
  inference.run();
  return {
    ofConstant: (name) => settled(inference.reduced(unknown(unknowns.get(name) ?? -1))),
    isOfPower: (name) => inference.isOfPower(unknown(unknowns.get(name) ?? -1)),
    ofNode: (index) => settled(inference.reduced(inference.unitOf(index))),
  };
}

function settled(unit: NodeUnit): Unit | undefined {
  return unit?.unknowns.size === 0 ? unit.fixed : undefined;
}
