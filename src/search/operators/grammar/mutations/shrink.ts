import { type IrNode, isBoolean, OPERATIONS } from '../../../../program/index.ts';
import { Draft } from '../draft.ts';
import { type Material, reaches } from '../material.ts';
import type { Mutation } from '../mutation.ts';

interface Removal {
  readonly node: number;
  /** Arguments that stay. */
  readonly kept: readonly number[];
  readonly weight: number;
}

const SMALL_SHARE = 0.02;

/** More likely what the data does not identify and what adds little. */
function removalWeight(material: Material, node: number, dropped: number): number {
  const whole = Math.abs(material.values[node] ?? NaN);
  const share = Math.abs(material.values[dropped] ?? NaN) / whole;
  return 1 + (reaches(material.program.graph.nodes, dropped, material.idle) ? 3 : 0) + (share < SMALL_SHARE ? 2 : 0);
}

function removals(material: Material): readonly Removal[] {
  const { nodes } = material.program.graph;
  return nodes.flatMap((at, node) => {
    if (at.kind !== 'op' || isBoolean(at)) return [];
    const numbers = at.args.filter((arg) => !isBoolean(nodes[arg] as IrNode));
    if (OPERATIONS[at.op].kind === 'select') return numbers.map((kept) => ({ node, kept: [kept], weight: 2 }));
    if (numbers.length === 1) return [{ node, kept: numbers, weight: 1 }];
    return numbers.map((dropped, k) => ({
      node,
      kept: numbers.filter((_, other) => other !== k),
      weight: removalWeight(material, node, dropped),
    }));
  });
}

/** Drops an argument of an operation: a term of a sum, a factor, a bound, a branch, a function around its argument. */
export const prune: Mutation = ({ material }, random) => {
  const all = removals(material);
  if (all.length === 0) return undefined;
  const { node, kept } = all[random.weighted(all.map(({ weight }) => weight))] as Removal;
  const at = material.program.graph.nodes[node] as IrNode;
  const draft = new Draft(material.program);
  return draft.replace(node, () => {
    const copies = kept.map((arg) => draft.take(material.program, arg));
    return copies.length === 1 || at.kind !== 'op' ? (copies[0] as number) : draft.op(at.op, ...copies);
  });
};

/** Puts a part in the place of an expression that it is a part of. */
export const hoist: Mutation = ({ material }, random) => {
  const { nodes } = material.program.graph;
  const below = (node: number): readonly number[] => {
    const at = nodes[node] as IrNode;
    const own = at.kind === 'op' ? at.args.filter((arg) => !isBoolean(nodes[arg] as IrNode)) : [];
    return [...own, ...own.flatMap(below)];
  };
  const sites = nodes.flatMap((at, i) => (at.kind === 'op' && !isBoolean(at) ? [i] : []));
  if (sites.length === 0) return undefined;
  const node = random.pick(sites);
  const parts = [...new Set(below(node))].filter((i) => nodes[i]?.kind === 'op');
  if (parts.length === 0) return undefined;
  const part = random.pick(parts);
  const draft = new Draft(material.program);
  return draft.replace(node, () => draft.take(material.program, part));
};

/** Makes two constants of similar size one: c₁ · x + c₂ · y → c₁ · x + c₁ · y. */
export const tieConstants: Mutation = ({ material }, random) => {
  const { constants, graph } = material.program;
  const pairs = constants.flatMap((a) =>
    constants
      .filter((b) => a !== b && a.start * b.start > 0 && Math.abs(Math.log(a.start / b.start)) < Math.LN2)
      .map((b) => [a.name, b.name] as const),
  );
  if (pairs.length === 0) return undefined;
  const [kept, dropped] = random.pick(pairs);
  const at = (name: string): number => graph.nodes.findIndex((node) => node.kind === 'constant' && node.name === name);
  const draft = new Draft(material.program);
  return draft.replace(at(dropped), () => draft.take(material.program, at(kept)));
};
