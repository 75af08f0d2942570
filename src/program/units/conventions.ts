import { joinsAll } from '../chains.ts';
import { literalOf } from '../graph-tools.ts';
import type { Graph } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { closed, type OpenUnit } from './equations.ts';
import { isSameUnit, PURE, type Unit } from './unit.ts';

/** What conventions work on: units as far as they are known, and equations to add. */
export interface OpenUnits {
  /** Of a node, with all in it that is known put in; undefined of a number in the text. */
  readonly ofNode: (index: number) => OpenUnit | undefined;
  readonly equate: (a: OpenUnit, b: OpenUnit) => void;
  /** Whether an unknown is the unit of a constant, which may be chosen; others are of powers and features. */
  readonly isOfConstant: (unknown: number) => boolean;
}

/**
 * Decides what the equations leave open: of `c.a * c.b * x` only the product of both constants has a unit. In this order,
 *
 * - a sum with a number in it, `1 + c.s * x`, is a pure number;
 * - a constant in front of an amount of the result, `c.f * x` with x in µs, is a pure number;
 * - of the constants that are left, the one nearest to the result is a pure number, and so on, until one takes the rest.
 *
 * Each holds only where it is open. The unit of a power with a fitted exponent stays open, and that of a constant in front of it.
 */
export function applyConventions(graph: Graph, result: Unit, units: OpenUnits): void {
  const { nodes } = graph;
  const makePure = (index: number): void => {
    const unit = units.ofNode(index);
    if (unit !== undefined && [...unit.unknowns.keys()].some(units.isOfConstant)) units.equate(unit, closed(PURE));
  };
  const isAmount = (index: number): boolean => {
    const unit = units.ofNode(index);
    return unit !== undefined && unit.unknowns.size === 0 && isSameUnit(unit.fixed, result);
  };
  for (const [index, node] of nodes.entries()) {
    if (node.kind !== 'op' || OPERATIONS[node.op].chain?.of !== 'sum') continue;
    if (node.args.some((arg) => (literalOf(graph, arg) ?? 0) !== 0)) makePure(index);
  }
  for (const node of nodes) {
    if (node.kind !== 'op' || !joinsAll(node.op, 'product')) continue;
    const [a = -1, b = -1] = node.args;
    if (nodes[a]?.kind === 'constant' && isAmount(b)) makePure(a);
    if (nodes[b]?.kind === 'constant' && isAmount(a)) makePure(b);
  }
  for (const index of constantsFromTheResult(graph)) makePure(index);
}

/** Nodes that are constants, those first whose uppermost use is nearest to the root. */
function constantsFromTheResult({ nodes }: Graph): readonly number[] {
  const uppermost = new Map<number, number>();
  for (const [index, node] of nodes.entries()) {
    if (node.kind !== 'op') continue;
    for (const arg of node.args) if (nodes[arg]?.kind === 'constant') uppermost.set(arg, index);
  }
  return [...uppermost].sort(([a, i], [b, j]) => (i === j ? a - b : j - i)).map(([index]) => index);
}
