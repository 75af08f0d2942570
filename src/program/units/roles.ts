import { literalOf } from '../graph-tools.ts';
import type { Graph, IrNode, Program } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { type ProgramUnits, programUnits } from './constants.ts';
import type { KnownUnits } from './inference.ts';
import { isSameUnit, type Unit, unitText } from './unit.ts';

/**
 * What a constant is to a program's result. `overhead`: an amount of it, in its unit. `factor`: a pure number in front of an amount.
 * `rate`: an amount for each unit of something, `µs/token`. `threshold`: in a condition. `exponent`: in an exponent. `other`: anything
 * else.
 */
export type ConstantRole = 'overhead' | 'factor' | 'rate' | 'threshold' | 'exponent' | 'other';

/** A constant as its place in the program tells it. */
export interface ConstantInfo {
  readonly name: string;
  /** Undefined where it cannot be told. */
  readonly unit: string | undefined;
  readonly role: ConstantRole;
}

/** The unit and the role of each of a program's constants, in their order; see `programUnits`. */
export function describeConstants(program: Program, known: KnownUnits): readonly ConstantInfo[] {
  const units = programUnits(program, known);
  const places = placesOf(program.graph, units, known.result);
  return program.constants.map(({ name }) => {
    const unit = units.ofConstant(name);
    const role = roleOf(unit, units.isOfPower(name), places.get(name) ?? NOWHERE, known.result);
    return { name, unit: unit && unitText(unit), role };
  });
}

/** Where a constant stands, over all its uses. */
interface Places {
  readonly inCondition: boolean;
  readonly inExponent: boolean;
  /** In front of something, or a term, in all of its uses, under roots too: never divided by, nor inside another function that bends. */
  readonly isCoefficient: boolean;
  /** A factor of a product that is an amount, in all of its uses. */
  readonly isFactor: boolean;
}

const NOWHERE: Places = { inCondition: false, inExponent: false, isCoefficient: true, isFactor: true };

function roleOf(unit: Unit | undefined, isOfPower: boolean, places: Places, result: Unit): ConstantRole {
  if (places.inCondition) return 'threshold';
  if (places.inExponent) return 'exponent';
  if (!places.isCoefficient) return 'other';
  // In front of a power, so much is sure: it is an amount for each of something.
  if (unit === undefined) return places.isFactor && isOfPower ? 'rate' : 'other';
  if (isSameUnit(unit, result)) return 'overhead';
  if (unit.size === 0) return places.isFactor ? 'factor' : 'other';
  // An amount, or what becomes one under a root, for each of something: µs/token, µs²/token, not tokens·µs nor 1/token.
  const isAmount = [...result.keys()].every((base) => (unit.get(base) ?? 0) > 0);
  return isAmount && [...unit].every(([base, power]) => result.has(base) || power < 0) ? 'rate' : 'other';
}

function placesOf(graph: Graph, units: ProgramUnits, result: Unit): ReadonlyMap<string, Places> {
  const places = graph.nodes.map(() => ({ ...NOWHERE }));
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index];
    const own = places[index];
    if (node?.kind !== 'op' || own === undefined) continue;
    const unit = isProduct(node) ? units.ofNode(index) : undefined;
    const isAmount = unit !== undefined && isSameUnit(unit, result);
    const used = graph.roots.includes(index) ? { ...own, isFactor: false } : own;
    for (const [at, arg] of node.args.entries()) {
      const below = places[arg];
      if (below === undefined) continue;
      const place = placeBelow(graph, node, at);
      below.inCondition ||= own.inCondition || place === 'condition';
      below.inExponent ||= own.inExponent || place === 'exponent';
      below.isCoefficient &&= own.isCoefficient && place === 'coefficient';
      // A product within a product is a factor of what the outer one is.
      below.isFactor &&= isProduct(node) && place === 'coefficient' && (isAmount || used.isFactor);
    }
  }
  return new Map(
    graph.nodes.flatMap((node, i) => (node.kind === 'constant' ? [[node.name, places[i] ?? NOWHERE]] : [])),
  );
}

type Op = IrNode & { readonly kind: 'op' };

function isProduct({ op }: Op): boolean {
  const { chain } = OPERATIONS[op];
  return chain?.role === 'link' && chain.of === 'product';
}

function placeBelow(graph: Graph, node: Op, at: number): 'condition' | 'exponent' | 'coefficient' | 'inside' {
  const { kind, unitPower, chain } = OPERATIONS[node.op];
  if (kind === 'comparison' || kind === 'logical') return 'condition';
  if (kind === 'select') return at === 0 ? 'condition' : 'coefficient';
  if (chain?.role === 'power') {
    const exponent = literalOf(graph, node.args[1]);
    return exponent === undefined && at === 1 ? 'exponent' : (exponent ?? 0) > 0 ? 'coefficient' : 'inside';
  }
  if (chain?.role === 'link') return chain.of === 'product' && chain.inverts[at] === true ? 'inside' : 'coefficient';
  return unitPower === undefined ? 'inside' : 'coefficient';
}
