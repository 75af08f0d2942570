import type { Graph, IrNode } from '../ir.ts';
import { literalOf } from '../graph-tools.ts';
import { OPERATIONS } from '../operations.ts';
import { isSameUnit, parseUnit, product, PURE, type Unit, unitText } from './unit.ts';

/** What has no unit that could be told: a sum of tokens and seconds, a logarithm of tokens. */
export const MIXED = 'mixed';

/** `any` of a number, which takes the unit of what stands beside it. */
type Inferred = Unit | 'any' | 'mixed';

/** The unit of an expression without constants, inferred from those of its features: products multiply units, sums keep them. */
export function unitOf(graph: Graph, unitOfFeature: (name: string) => string): string {
  const units: Inferred[] = [];
  for (const node of graph.nodes) units.push(infer(graph, node, units, unitOfFeature));
  const unit = units[graph.roots[0] ?? -1] ?? 'mixed';
  return unit === 'mixed' ? MIXED : unitText(unit === 'any' ? PURE : unit);
}

function infer(graph: Graph, node: IrNode, units: readonly Inferred[], of: (name: string) => string): Inferred {
  if (node.kind === 'number') return 'any';
  if (node.kind !== 'op') return featureUnit(of(node.name)) ?? 'mixed';
  const { kind, unitPower, chain } = OPERATIONS[node.op];
  const args = node.args.map((arg) => units[arg] ?? 'mixed');
  if (kind === 'comparison' || kind === 'logical') return PURE;
  if (kind === 'select') return common(args.slice(1));
  if (unitPower !== undefined) return powerOf(common(args), unitPower);
  if (chain?.role === 'link') return multiplied(args.map((unit, at) => powerOf(unit, chain.inverts[at] ? -1 : 1)));
  if (chain?.role === 'power') return powerOf(args[0] ?? 'mixed', literalOf(graph, node.args[1]) ?? Number.NaN);
  return args.every((unit) => unit === 'any' || (unit !== 'mixed' && unit.size === 0)) ? PURE : 'mixed';
}

/** The unit of a feature from the text in its row; undefined where that names none. */
export function featureUnit(text: string): Unit | undefined {
  return text === MIXED ? undefined : parseUnit(text);
}

function common(units: readonly Inferred[]): Inferred {
  return units.reduce((a, b) => {
    if (a === 'any') return b;
    if (b === 'any') return a;
    return a !== 'mixed' && b !== 'mixed' && isSameUnit(a, b) ? a : 'mixed';
  }, 'any');
}

function multiplied(units: readonly Inferred[]): Inferred {
  if (units.includes('mixed')) return 'mixed';
  const known = units.filter((unit) => typeof unit !== 'string');
  return known.length === 0 ? 'any' : product(known.map((unit) => [unit, 1]));
}

function powerOf(unit: Inferred, power: number): Inferred {
  if (typeof unit === 'string') return unit;
  if (unit.size === 0) return unit;
  return Number.isFinite(power) ? product([[unit, power]]) : 'mixed';
}
