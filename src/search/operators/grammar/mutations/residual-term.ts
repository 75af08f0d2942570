import type { ResidualTerm } from '../../../../evaluate/index.ts';
import {
  type Graph,
  type IrNode,
  isSmallInteger,
  OPERATIONS,
  parseExpression,
  type Program,
} from '../../../../program/index.ts';
import { Draft, rootOf } from '../draft.ts';
import type { Mutation } from '../mutation.ts';
import { nameOfConstant } from '../naming.ts';

/** Of children that get a second term in the same step. */
const SECOND_SHARE = 0.3;

/**
 * p → p ± k · t or p · (1 ± k · t) with t what the parent lacks, more likely the more it would lower the squares: the start values
 * are those of the linear step that found it.
 */
export const residualTerm: Mutation = ({ features, material }, random) => {
  const names = features.map(({ name }) => name);
  const open = [...material.missing];
  if (open.length === 0) return undefined;
  const draft = new Draft(material.program);
  const add = (root: number): number => {
    const at = random.weighted(open.map(({ gain }) => gain));
    const [drawn] = open.splice(at, 1);
    return insert(draft, root, parseExpression(drawn!.term, names), drawn!);
  };
  return draft.replace(rootOf(material.program), (root) => {
    const once = add(root);
    return open.length > 0 && random.uniform() < SECOND_SHARE ? add(once) : once;
  });
};

function insert(draft: Draft, root: number, graph: Graph, { place, coefficient }: ResidualTerm): number {
  const program: Program = { doc: '', constants: [], graph };
  const { about, substitute } = withConstants(draft, graph);
  const take = (node: number): number => draft.take(program, node, substitute);
  const size = Math.abs(coefficient);
  const top = graph.nodes[graph.roots[0]!];
  if (top?.kind === 'op' && OPERATIONS[top.op].kind === 'select') {
    // A step: each side has its level, and the offset of a sum is taken in by both.
    const [condition = -1] = top.args;
    const level = (value: number): number => draft.constant(`${about}Level`, value);
    if (place === 'factor')
      return draft.op(
        'mul',
        root,
        draft.op('select', take(condition), level(Math.max(1 + coefficient, 0)), draft.number(1)),
      );
    const sides = coefficient > 0 ? [level(size), level(0)] : [level(0), level(size)];
    return draft.op('add', root, draft.op('select', take(condition), ...sides));
  }
  const term = draft.op('mul', draft.constant(`${about}Factor`, size), take(graph.roots[0]!));
  const sign = coefficient < 0 ? 'sub' : 'add';
  return place === 'sum' ? draft.op(sign, root, term) : draft.op('mul', root, draft.op(sign, draft.number(1), term));
}

/** Where a term bends, levels off or jumps is for the fit to find: such numbers become constants. */
function withConstants(
  draft: Draft,
  graph: Graph,
): { readonly about: string; readonly substitute: (at: number) => number | undefined } {
  const about = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []))[0] ?? 'term';
  const below = (at: number): readonly IrNode[] =>
    graph.nodes.filter((node) => node.kind === 'op' && node.args.includes(at));
  const hasTiles = graph.nodes.some(
    (node) =>
      node.kind === 'op' && OPERATIONS[node.op].kind === 'function' && OPERATIONS[node.op].continuity === 'steps',
  );
  const substitute = (at: number): number | undefined => {
    const node = graph.nodes[at];
    if (node?.kind !== 'number' || node.value === 0 || node.value === 1) return undefined;
    if (hasTiles && isSmallInteger(node.value)) return undefined;
    const [user] = below(at);
    return draft.constant(user?.kind === 'op' ? nameOfConstant(user.op, about) : about, node.value);
  };
  return { about, substitute };
}
