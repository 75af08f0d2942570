import { type IrNode, nodeUnits, OPERATIONS, type OpName } from '../../../../program/index.ts';
import { Draft, rootOf } from '../draft.ts';
import { numericSites, reaches } from '../material.ts';
import type { Mutation } from '../mutation.ts';
import { palette } from '../palette.ts';
import { pickFeature } from '../pattern.ts';

/** Two costs overlap fully or in part, where a sum has them one after another. */
const OVERLAPS: readonly OpName[] = palette('combine');
const GRAFTS: readonly OpName[] = palette('graft');

function kindred(op: OpName): readonly OpName[] {
  return OPERATIONS[op].grammar.kindred;
}

/** Changes one operation into a kindred one, or reads another feature. */
export const point: Mutation = (context, random) => {
  const { program } = context.material;
  const sites = program.graph.nodes.flatMap((node, i) =>
    node.kind === 'feature' || (node.kind === 'op' && kindred(node.op).length > 0) ? [i] : [],
  );
  if (sites.length === 0) return undefined;
  const target = random.pick(sites);
  const node = program.graph.nodes[target] as IrNode;
  const draft = new Draft(program);
  if (node.kind === 'op') {
    const op = random.pick(kindred(node.op));
    return draft.replace(target, () => draft.op(op, ...node.args.map((arg) => draft.take(program, arg))));
  }
  const others = context.features.filter(
    (feature) =>
      node.kind === 'feature' && feature.name !== node.name && sameUnit(context.features, feature.name, node.name),
  );
  // A feature of the same unit keeps the constant in front of it meaningful.
  const name =
    others.length > 0 && random.uniform() < 0.7 ? random.pick(others).name : pickFeature(context, random).name;
  return draft.replace(target, () => draft.feature(name));
};

function sameUnit(features: readonly { name: string; unit: string }[], a: string, b: string): boolean {
  const unit = (name: string): string | undefined => features.find((feature) => feature.name === name)?.unit;
  return unit(a) === unit(b);
}

/** A term of a sum, and whether it is subtracted. */
interface Addend {
  readonly node: number;
  readonly negative: boolean;
}

/** The operands of a sum or a difference, with their signs; none for every other node. */
function signedOperands(node: IrNode | undefined): readonly Addend[] {
  const chain = node?.kind === 'op' ? OPERATIONS[node.op].chain : undefined;
  if (node?.kind !== 'op' || node.args.length < 2 || chain?.role !== 'link' || chain.of !== 'sum') return [];
  return node.args.map((arg, k) => ({ node: arg, negative: chain.inverts[k] === true }));
}

function operands(node: IrNode | undefined): readonly number[] {
  return signedOperands(node).map((operand) => operand.node);
}

/** Terms of a sum, through nested sums and differences. */
function addends(nodes: readonly IrNode[], i: number, negative = false): readonly Addend[] {
  const parts = signedOperands(nodes[i]);
  if (parts.length === 0) return [{ node: i, negative }];
  return parts.flatMap((part) => addends(nodes, part.node, negative !== part.negative));
}

/**
 * x + y + rest → max(x, y) + rest or hypot(x, y) + rest, or back: whether two costs come one after another, overlap in part
 * or overlap fully is the question that step times turn on.
 */
export const combine: Mutation = ({ material }, random) => {
  const { program } = material;
  const { nodes } = program.graph;
  const inner = new Set(nodes.flatMap(operands));
  const sums = nodes.flatMap((node, i) => (operands(node).length > 0 && !inner.has(i) ? [i] : []));
  const joins = nodes.flatMap((node, i) => (node.kind === 'op' && OVERLAPS.includes(node.op) ? [i] : []));
  const sites = [...sums, ...joins];
  if (sites.length === 0) return undefined;
  const site = random.pick(sites);
  const draft = new Draft(program);
  const sum = (parts: readonly number[]): number => parts.reduce((left, right) => draft.op('add', left, right));
  const at = nodes[site] as IrNode;
  if (at.kind === 'op' && joins.includes(site)) {
    return draft.replace(site, () => sum(at.args.map((arg) => draft.take(program, arg))));
  }
  const terms = addends(nodes, site);
  const take = ({ node }: Addend): number => draft.take(program, node);
  const plus = random.shuffle(terms.filter(({ negative }) => !negative)).map(take);
  const minus = terms.filter(({ negative }) => negative).map(take);
  if (plus.length < 2) return undefined;
  const left = 1 + random.integer(plus.length - 1);
  const right = 1 + random.integer(plus.length - left);
  const joined = draft.op(
    OVERLAPS[Math.floor(random.uniform() * OVERLAPS.length)] as OpName,
    sum(plus.slice(0, left)),
    sum(plus.slice(left, left + right)),
  );
  return draft.replace(site, () =>
    minus.reduce((whole, part) => draft.op('sub', whole, part), sum([joined, ...plus.slice(left + right)])),
  );
};

/** Gives one use of a constant a constant of its own. */
export const untieConstant: Mutation = ({ material }, random) => {
  const { program } = material;
  const { nodes } = program.graph;
  const uses = nodes.flatMap((node, user) =>
    node.kind === 'op' ? node.args.map((arg, place) => ({ user, place, arg })) : [],
  );
  const shared = uses.filter(
    ({ arg }) => nodes[arg]?.kind === 'constant' && uses.filter((use) => use.arg === arg).length > 1,
  );
  if (shared.length === 0) return undefined;
  const { user, place, arg } = random.pick(shared);
  const constant = nodes[arg] as Extract<IrNode, { kind: 'constant' }>;
  const node = nodes[user] as Extract<IrNode, { kind: 'op' }>;
  const start = program.constants.find(({ name }) => name === constant.name)?.start ?? 1;
  const draft = new Draft(program);
  return draft.replace(user, () =>
    draft.op(
      node.op,
      ...node.args.map((other, k) => (k === place ? draft.constant(constant.name, start) : draft.take(program, other))),
    ),
  );
};

/** Puts a part of another program in the place of a part, of the same unit where both can be told. */
export const crossover: Mutation = ({ features, material, mate }, random) => {
  const other = mate();
  const node = random.pick(numericSites(material));
  const unit = nodeUnits(material.program, features)[node];
  const units = nodeUnits(other.program, features);
  const parts = numericSites(other).filter(
    (part) => unit === undefined || units[part] === undefined || units[part] === unit,
  );
  if (parts.length === 0) return undefined;
  const part = random.pick(parts);
  const draft = new Draft(material.program);
  return draft.replace(node, () => draft.take(other.program, part));
};

/** Adds or subtracts a term of another program's sum, as it did, or joins it by max or hypot. */
export const graft: Mutation = ({ material, mate }, random) => {
  const other = mate();
  const { nodes } = other.program.graph;
  const term = random.pick(addends(nodes, rootOf(other.program)));
  const draft = new Draft(material.program);
  const drawn = random.pick(GRAFTS);
  const op = drawn === 'add' && term.negative ? 'sub' : drawn;
  return draft.replace(rootOf(material.program), (copy) => draft.op(op, copy, draft.take(other.program, term.node)));
};

/**
 * x + t → x − t, or back, more likely where the data tells no constant of t from 0: a rate is never negative, so a fit cannot turn
 * the sign of a term.
 */
export const turnSign: Mutation = ({ material }, random) => {
  const { program, idle } = material;
  const { nodes } = program.graph;
  const inner = new Set(nodes.flatMap(operands));
  const sites = nodes.flatMap((node, i) => {
    if (inner.has(i) || operands(node).length === 0) return [];
    const terms = addends(nodes, i);
    // Of all terms one must be left that is added.
    const turned = terms.filter((term) => terms.some((other) => other.negative === (other === term)));
    return turned.map((term) => ({ sum: i, terms, term }));
  });
  if (sites.length === 0) return undefined;
  const weights = sites.map(({ term }) => (reaches(nodes, term.node, idle) ? 5 : 1));
  const { sum, terms, term } = sites[random.weighted(weights)]!;
  const draft = new Draft(program);
  const turned = terms.map((each) => ({ node: each.node, negative: each.negative !== (each === term) }));
  // What is added stands first: a sum that begins with a sign takes an operation more.
  const [first, ...others] = turned.toSorted((a, b) => Number(a.negative) - Number(b.negative));
  return draft.replace(sum, () =>
    others.reduce(
      (whole, { node, negative }) => draft.op(negative ? 'sub' : 'add', whole, draft.take(program, node)),
      draft.take(program, first!.node),
    ),
  );
};
