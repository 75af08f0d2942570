import type { OpName } from './op-name.ts';

/**
 * The intermediate representation: an expression graph in topological order. `args` are indices of earlier nodes, equal
 * nodes are stored once (hash-consed), and nothing unreachable is kept. It is plain JSON, so it can cross a process
 * boundary as it is.
 */
export type IrNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'feature'; readonly name: string }
  | { readonly kind: 'constant'; readonly name: string }
  | { readonly kind: 'op'; readonly op: OpName; readonly args: readonly number[] };

/** Several expressions over shared nodes; `roots` are node indices, one for each output. */
export interface Graph {
  readonly nodes: readonly IrNode[];
  readonly roots: readonly number[];
}

/** A constant that refit may change, with the value it starts from. */
export interface ConstantSpec {
  readonly name: string;
  readonly start: number;
}

/** A parsed `predictStepTime`: a graph with exactly one root, in microseconds. */
export interface Program {
  /** The leading comment of the module, without comment marks; empty where there is none. */
  readonly doc: string;
  /** Every constant that the graph uses, in order of declaration. */
  readonly constants: readonly ConstantSpec[];
  readonly graph: Graph;
}
