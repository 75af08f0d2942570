import type { Graph, IrNode } from '../ir.ts';
import { literalOf } from '../graph-tools.ts';
import { OPERATIONS } from '../operations.ts';

/** What has no unit that could be told: a sum of tokens and seconds, a logarithm of tokens. */
export const MIXED = 'mixed';

/** Exponents of base units; `any` of a number, which takes the unit of what stands beside it. */
type Exponents = ReadonlyMap<string, number>;
type Unit = Exponents | 'any' | 'mixed';

const NONE: Exponents = new Map();
const POWERS: ReadonlyMap<string, number> = new Map([
  ['²', 2],
  ['³', 3],
]);

/** The unit of an expression, inferred from those of its features: products multiply units, sums keep them. */
export function unitOf(graph: Graph, unitOfFeature: (name: string) => string): string {
  const units: Unit[] = [];
  for (const node of graph.nodes) units.push(infer(graph, node, units, unitOfFeature));
  const unit = units[graph.roots[0] ?? -1] ?? 'mixed';
  return unit === 'mixed' ? MIXED : textOf(unit === 'any' ? NONE : unit);
}

function infer(graph: Graph, node: IrNode, units: readonly Unit[], of: (name: string) => string): Unit {
  if (node.kind === 'number') return 'any';
  if (node.kind !== 'op') return read(of(node.name));
  const { kind, keepsUnit, chain } = OPERATIONS[node.op];
  const args = node.args.map((arg) => units[arg] ?? 'mixed');
  if (kind === 'comparison' || kind === 'logical') return NONE;
  if (kind === 'select') return common(args.slice(1));
  if (keepsUnit) return common(args);
  if (chain?.role === 'link') return multiplied(args.map((unit, at) => scaled(unit, chain.inverts[at] ? -1 : 1)));
  if (chain?.role === 'power') return scaled(args[0] ?? 'mixed', literalOf(graph, node.args[1]) ?? Number.NaN);
  return args.every((unit) => unit === 'any' || (unit !== 'mixed' && unit.size === 0)) ? NONE : 'mixed';
}

function common(units: readonly Unit[]): Unit {
  return units.reduce((a, b) => {
    if (a === 'any') return b;
    if (b === 'any') return a;
    return a !== 'mixed' && b !== 'mixed' && textOf(a) === textOf(b) ? a : 'mixed';
  }, 'any');
}

function multiplied(units: readonly Unit[]): Unit {
  return units.reduce((a, b) => {
    if (a === 'mixed' || b === 'mixed') return 'mixed';
    if (a === 'any') return b;
    if (b === 'any') return a;
    const bases = new Set([...a.keys(), ...b.keys()]);
    return made([...bases].map((base) => [base, (a.get(base) ?? 0) + (b.get(base) ?? 0)]));
  }, 'any');
}

function scaled(unit: Unit, exponent: number): Unit {
  if (unit === 'any' || unit === 'mixed') return unit;
  if (!Number.isInteger(exponent)) return unit.size === 0 ? unit : 'mixed';
  return made([...unit].map(([base, power]) => [base, power * exponent]));
}

function made(powers: readonly (readonly [string, number])[]): Unit {
  return new Map(powers.filter(([, power]) => power !== 0));
}

function read(unit: string): Unit {
  if (unit === '1') return NONE;
  const power = POWERS.get(unit.at(-1) ?? '');
  return power === undefined ? new Map([[unit, 1]]) : new Map([[unit.slice(0, -1), power]]);
}

function textOf(unit: Exponents): string {
  const part = ([base, power]: readonly [string, number]): string => {
    const sign = [...POWERS].find(([, value]) => value === power)?.[0];
    return power === 1 ? base : `${base}${sign ?? `^${power}`}`;
  };
  const above = [...unit].filter(([, power]) => power > 0);
  const below = [...unit].filter(([, power]) => power < 0).map(([base, power]) => [base, -power] as const);
  const over = above.length === 0 ? '1' : above.map(part).join('·');
  return below.length === 0 ? over : `${over}/${below.map(part).join('/')}`;
}
