import { literalOf } from './graph-tools.ts';
import type { Graph, IrNode } from './ir.ts';
import type { OpName } from './operators.ts';

/** Which values of a node are sure to leave the root without a finite value: none, NaN, or NaN and both infinities. */
type Noticed = 0 | 1 | 2;
const NEVER: Noticed = 0;
const NAN: Noticed = 1;
export const NOT_FINITE: Noticed = 2;

/** What of an argument's values without a finite result an operation passes on. Arguments of the others may go unnoticed. */
const PASSES: Readonly<Partial<Record<OpName, Noticed>>> = {
  add: NOT_FINITE,
  sub: NOT_FINITE,
  mul: NOT_FINITE,
  neg: NOT_FINITE,
  abs: NOT_FINITE,
  sqrt: NOT_FINITE,
  cbrt: NOT_FINITE,
  log: NOT_FINITE,
  log1p: NOT_FINITE,
  log2: NOT_FINITE,
  log10: NOT_FINITE,
  hypot: NOT_FINITE,
  floor: NOT_FINITE,
  ceil: NOT_FINITE,
  // min(∞, x) is x, exp(−∞) is 0, tanh(∞) is 1.
  min: NAN,
  max: NAN,
  exp: NAN,
  expm1: NAN,
  tanh: NAN,
};

const passes = (graph: Graph, { op, args }: IrNode & { kind: 'op' }, at: number): Noticed => {
  // x / ∞ is 0.
  if (op === 'div') return at === 0 ? NOT_FINITE : NAN;
  if (op === 'pow' && at === 0) {
    const exponent = literalOf(graph, args[1]) ?? 0;
    // ∞ to a negative power is 0; anything to the power of 0 is 1.
    return exponent > 0 ? NOT_FINITE : exponent < 0 ? NAN : NEVER;
  }
  return PASSES[op] ?? NEVER;
};

/** What is noticed of an argument of a node of which `above` is noticed. hypot(NaN, ∞) is ∞. */
const below = (op: OpName, above: Noticed, passed: Noticed): Noticed =>
  op === 'hypot' && above !== NOT_FINITE ? NEVER : above < passed ? above : passed;

/**
 * What the root is sure to notice of each node, whatever the other nodes are: by `some` way from the node to the root, where
 * a branch of a choice is no way since it may not be taken; or by `every` way, where it is one since it only matters if taken.
 */
export const whereNoticed = (graph: Graph, ways: 'some' | 'every'): readonly Noticed[] => {
  const noticed = graph.nodes.map((): Noticed => (ways === 'some' ? NEVER : NOT_FINITE));
  for (const root of graph.roots) noticed[root] = NOT_FINITE;
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    const above = noticed[i];
    if (node?.kind !== 'op' || above === undefined) continue;
    node.args.forEach((arg, at) => {
      const isBranch = node.op === 'select' && at > 0 && ways === 'every';
      const here = isBranch ? above : below(node.op, above, passes(graph, node, at));
      const others = noticed[arg] ?? NEVER;
      if (ways === 'some' ? here > others : here < others) noticed[arg] = here;
    });
  }
  return noticed;
};
