import type { Graph, IrNode } from './ir.ts';
import { type Emitter, givesBoolean } from './operation.ts';
import { OPERATIONS, type OpName } from './operations.ts';

function keyOf(node: IrNode): string {
  if (node.kind === 'number') return `n${Object.is(node.value, -0) ? '-0' : node.value}`;
  if (node.kind === 'op') return `o${node.op}:${node.args.join(',')}`;
  return `${node.kind === 'feature' ? 'f' : 'c'}${node.name}`;
}

/** True for comparisons and logical operations, whose value is a condition. */
export function isBoolean(node: IrNode): boolean {
  return node.kind === 'op' && givesBoolean(OPERATIONS[node.op].kind);
}

/**
 * Builds hash-consed graphs: the same node is stored once, whoever asks for it. Nodes are indices; arguments always have
 * smaller indices than the node. Throws a `RangeError` on a wrong number or kind of arguments: that is a programming error.
 */
export class GraphBuilder implements Emitter {
  readonly #nodes: IrNode[] = [];
  readonly #index = new Map<string, number>();

  /** Number of nodes so far, reachable or not. */
  get size(): number {
    return this.#nodes.length;
  }

  /** A literal number. */
  number(value: number): number {
    return this.#intern({ kind: 'number', value });
  }

  /** A feature of the batch. */
  feature(name: string): number {
    return this.#intern({ kind: 'feature', name });
  }

  /** A constant of the program. */
  constant(name: string): number {
    return this.#intern({ kind: 'constant', name });
  }

  /** An operation on nodes of this builder. */
  op(op: OpName, ...args: number[]): number {
    this.#check(op, args);
    return this.#intern({ kind: 'op', op, args });
  }

  /** What a node is. Throws a `RangeError` where there is none of that index. */
  node(index: number): IrNode {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no node ${index}: the builder has ${this.#nodes.length}`);
    return node;
  }

  literal(index: number): number | undefined {
    const node = this.node(index);
    return node.kind === 'number' ? node.value : undefined;
  }

  /**
   * Copies the expression at `root` of another graph. Where `substitute` answers a node of this builder, it stands for
   * the node of the other graph and what lies below is not copied.
   */
  copy(graph: Graph, root: number, substitute?: (node: IrNode, index: number) => number | undefined): number {
    const copied = new Map<number, number>();
    const wanted = new Set<number>([root]);
    for (let i = root; i >= 0; i--) {
      const node = graph.nodes[i];
      if (node === undefined || !wanted.has(i)) continue;
      const replacement = substitute?.(node, i);
      if (replacement !== undefined) copied.set(i, replacement);
      else if (node.kind === 'op') for (const arg of node.args) wanted.add(arg);
    }
    for (let i = 0; i <= root; i++) {
      const node = graph.nodes[i];
      if (node === undefined || !wanted.has(i) || copied.has(i)) continue;
      copied.set(
        i,
        node.kind === 'op' ? this.op(node.op, ...node.args.map((a) => copied.get(a) ?? -1)) : this.#intern(node),
      );
    }
    const result = copied.get(root);
    if (result === undefined) throw new RangeError(`no node ${root} in the graph to copy`);
    return result;
  }

  /** The graph below `roots`: nothing unreachable, numbered in depth-first order, so that equal graphs are deeply equal. */
  build(roots: readonly number[]): Graph {
    const order = new Map<number, number>();
    const nodes: IrNode[] = [];
    const stack: { readonly index: number; next: number }[] = [];
    for (const root of roots) {
      stack.push({ index: root, next: 0 });
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const node = this.node(top.index);
        const arg = node.kind === 'op' ? node.args[top.next++] : undefined;
        if (arg !== undefined) {
          if (!order.has(arg)) stack.push({ index: arg, next: 0 });
          continue;
        }
        stack.pop();
        if (order.has(top.index)) continue;
        order.set(top.index, nodes.length);
        nodes.push(
          Object.freeze(
            node.kind === 'op' ? { ...node, args: Object.freeze(node.args.map((a) => order.get(a) ?? -1)) } : node,
          ),
        );
      }
    }
    return Object.freeze({
      nodes: Object.freeze(nodes),
      roots: Object.freeze(roots.map((root) => order.get(root) ?? -1)),
    });
  }

  #intern(node: IrNode): number {
    const key = keyOf(node);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.#nodes.length);
    return this.#nodes.push(node) - 1;
  }

  #check(op: OpName, args: readonly number[]): void {
    const { arity, kind } = OPERATIONS[op];
    if (arity === 'many' ? args.length < 2 : args.length !== arity) {
      throw new RangeError(`${op} takes ${arity === 'many' ? 'two or more' : arity} arguments, not ${args.length}`);
    }
    args.forEach((arg, i) => {
      const wanted = kind === 'logical' || (kind === 'select' && i === 0);
      if (isBoolean(this.node(arg)) !== wanted) {
        throw new RangeError(`argument ${i + 1} of ${op} must be a ${wanted ? 'condition' : 'number'}`);
      }
    });
  }
}
