import type { Graph, Program } from './ir.ts';
import { type OpName, OPERATORS } from './operators.ts';

/** How a value depends on a set of constants. */
type Degree = 0 | 1 | 2;
const NONE: Degree = 0;
const AFFINE: Degree = 1;
const CURVED: Degree = 2;

const greatest = (degrees: readonly Degree[]): Degree => degrees.reduce((a, b) => (a > b ? a : b), NONE);

type DegreeRule = (args: readonly Degree[]) => Degree;

/** Operations that keep an affine dependence; every other one bends it. */
const RULES: Readonly<Partial<Record<OpName, DegreeRule>>> = {
  add: greatest,
  sub: greatest,
  neg: greatest,
  mul: ([a = CURVED, b = CURVED]) => (a + b <= AFFINE ? greatest([a, b]) : CURVED),
  div: ([a = CURVED, b = CURVED]) => (b === NONE ? a : CURVED),
  select: ([condition = CURVED, yes = CURVED, no = CURVED]) => (condition === NONE ? greatest([yes, no]) : CURVED),
};

const degreeOf = (graph: Graph, names: ReadonlySet<string>): Degree => {
  const degrees: Degree[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') {
      const args = node.args.map((arg) => degrees[arg] ?? CURVED);
      degrees.push(greatest(args) === NONE ? NONE : (RULES[node.op]?.(args) ?? CURVED));
    } else degrees.push(node.kind === 'constant' && names.has(node.name) ? AFFINE : NONE);
  }
  return degrees[graph.roots[0] ?? -1] ?? CURVED;
};

/**
 * A largest found set of constants in which the value is jointly affine, the others held fixed: closed-form least squares
 * can solve for these at once. Greedy from each constant in turn, so maximal, though not always the largest there is.
 *
 * @returns names in order of declaration
 */
export const linearConstants = (program: Program): readonly string[] => {
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
};

/**
 * Constants that a comparison, floor or ceil depends on. The value jumps or bends where they move a threshold, and the
 * derivative does not see that.
 *
 * @returns names in order of declaration
 */
export const conditionConstants = (program: Program): readonly string[] => {
  const { nodes } = program.graph;
  const below = new Set<number>();
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node?.kind !== 'op') continue;
    const jumps = OPERATORS[node.op].kind === 'comparison' || node.op === 'floor' || node.op === 'ceil';
    if (jumps || below.has(i)) for (const arg of node.args) below.add(arg);
  }
  const names = new Set([...below].flatMap((i) => (nodes[i]?.kind === 'constant' ? [nodes[i].name] : [])));
  return program.constants.map((constant) => constant.name).filter((name) => names.has(name));
};
