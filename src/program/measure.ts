import type { Graph, Program } from './ir.ts';
import { OPERATIONS } from './operations.ts';
import { reductionOf } from './reductions/index.ts';
import { simplify } from './simplify.ts';

/**
 * Size of a program. All counts are taken after simplification. A reduction over requests is a feature; it counts as one
 * operation, and what it does for each request is counted as if it stood outside.
 */
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

/** The same of a program as it stands, which may be larger than what is left of it by simplification. */
export function measureAsIs({ graph, constants }: Program): Complexity {
  const features = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  return { ...sizeOf(graph), constants: constants.length, features: [...new Set(features)].sort() };
}

/** Counts a program's operations, conditionals, constants and features. */
export function measure(program: Program): Complexity {
  return measureAsIs(simplify(program));
}

function sizeOf(graph: Graph): Pick<Complexity, 'operations' | 'conditionals' | 'depth'> {
  let operations = 0;
  let conditionals = 0;
  const depths: number[] = [];
  for (const node of graph.nodes) {
    let depth = 0;
    const reduction = node.kind === 'feature' ? reductionOf(node.name) : undefined;
    if (reduction !== undefined) {
      const inside = sizeOf(reduction.body);
      operations += 1 + inside.operations;
      conditionals += inside.conditionals;
      depth = 1 + inside.depth;
    }
    if (node.kind === 'op') {
      if (OPERATIONS[node.op].kind === 'select') conditionals += 1;
      else operations += weight(node.args.length);
      depth = 1 + Math.max(...node.args.map((arg) => depths[arg] ?? 0));
    }
    depths.push(depth);
  }
  return { operations, conditionals, depth: depths[graph.roots[0] ?? -1] ?? 0 };
}
