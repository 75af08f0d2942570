import type { Graph, Program } from './ir.ts';
import { AFFINE, CURVED, type Degree, greatest, INDEPENDENT } from './operations/columns.ts';
import { OPERATIONS } from './operations.ts';

function degreeOf(graph: Graph, names: ReadonlySet<string>): Degree {
  const degrees: Degree[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const args = node.args.map((arg) => degrees[arg] ?? CURVED);
      degrees.push(greatest(args) === INDEPENDENT ? INDEPENDENT : OPERATIONS[node.op].dependence(args));
    } else degrees.push(node.kind === 'constant' && names.has(node.name) ? AFFINE : INDEPENDENT);
  }
  return degrees[graph.roots[0] ?? -1] ?? CURVED;
}

/**
 * A largest found set of constants in which the value is jointly affine, the others held fixed: closed-form least squares
 * can solve for these at once. Greedy from each constant in turn, so maximal, though not always the largest there is.
 *
 * @returns names in order of declaration
 */
export function linearConstants(program: Program): readonly string[] {
  const names = program.constants.map((constant) => constant.name);
  let best: readonly string[] = [];
  for (const first of names) {
    const chosen = new Set<string>();
    for (const name of [first, ...names]) {
      if (chosen.has(name)) continue;
      chosen.add(name);
      if (degreeOf(program.graph, chosen) === CURVED) chosen.delete(name);
    }
    if (chosen.size > best.length) best = names.filter((name) => chosen.has(name));
  }
  return best;
}

/**
 * Constants that a step depends on: a comparison, floor or ceil. The value jumps or bends where they move a threshold, and the
 * derivative does not see that.
 *
 * @returns names in order of declaration
 */
export function conditionConstants(program: Program): readonly string[] {
  const { nodes } = program.graph;
  const below = new Set<number>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node?.kind !== 'op') continue;
    if (OPERATIONS[node.op].continuity === 'steps' || below.has(i)) for (const arg of node.args) below.add(arg);
  }
  const names = new Set([...below].flatMap((i) => (nodes[i]?.kind === 'constant' ? [nodes[i].name] : [])));
  return program.constants.map((constant) => constant.name).filter((name) => names.has(name));
}
