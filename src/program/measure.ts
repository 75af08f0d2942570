import type { Program } from './ir.ts';
import { OPERATIONS } from './operations.ts';
import { simplify } from './simplify.ts';

/** Size of a program. All counts are taken after simplification. */
export interface Complexity {
  /** Operations other than conditionals: a shared one counts once, an n-ary one as n − 1. */
  readonly operations: number;
  /** Choices between two values: `?:`, or a variable that an `if` assigns. */
  readonly conditionals: number;
  readonly constants: number;
  /** Distinct features, sorted. */
  readonly features: readonly string[];
  /** Operations on the longest path from the result to a leaf. */
  readonly depth: number;
}

/** Operations counted in n-ary form: one less than the arguments, at least one. */
function weight(args: number): number {
  return Math.max(1, args - 1);
}

/** Counts a program's operations, conditionals, constants and features. */
export function measure(program: Program): Complexity {
  const { graph, constants } = simplify(program);
  let operations = 0;
  let conditionals = 0;
  const features = new Set<string>();
  const depths: number[] = [];
  for (const node of graph.nodes) {
    let depth = 0;
    if (node.kind === 'feature') features.add(node.name);
    if (node.kind === 'op') {
      if (OPERATIONS[node.op].kind === 'select') conditionals += 1;
      else operations += weight(node.args.length);
      depth = 1 + Math.max(...node.args.map((arg) => depths[arg] ?? 0));
    }
    depths.push(depth);
  }
  const root = graph.roots[0] ?? -1;
  return {
    operations,
    conditionals,
    constants: constants.length,
    features: [...features].sort(),
    depth: depths[root] ?? 0,
  };
}
