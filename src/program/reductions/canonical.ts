import { GraphBuilder } from '../graph-builder.ts';
import type { Graph, IrNode } from '../ir.ts';
import type { ChainKind } from '../operations/columns.ts';
import { OPERATIONS } from '../operations.ts';
import { numberTerm, numberText } from '../print/terms.ts';
import { simplify } from '../simplify.ts';
import { atom, type Term } from '../spelling.ts';

/** The name of a request in canonical text. */
export const REQUEST = 'r';

type Op = IrNode & { readonly kind: 'op' };

/** A term or factor that was made already. */
interface Link {
  readonly node: number;
  readonly inverse: boolean;
}

/** The text of each node of a graph over fields of a request, written out. */
export function bodyText(graph: Graph): string {
  const terms: Term[] = [];
  for (const node of graph.nodes) terms.push(termOf(node, terms));
  return terms[graph.roots[0] ?? -1]?.text ?? 'NaN';
}

/**
 * One form for bodies that are equal up to the order of commutative operands: simplified, then operands sorted by their text. A
 * body is its text wherever it is a feature's name, so what is equal must be written alike.
 */
export function canonicalBody(body: Graph): Graph {
  return new Sorter(simplify({ doc: '', constants: [], graph: body }).graph).run();
}

function termOf(node: IrNode, terms: readonly Term[]): Term {
  if (node.kind === 'number') return numberTerm(node.value, numberText(node.value), 15);
  if (node.kind !== 'op') return atom(`${REQUEST}.${node.name}`);
  return OPERATIONS[node.op].source(node.args.map((arg) => terms[arg] ?? atom('NaN')));
}

class Sorter {
  readonly #graph: Graph;
  readonly #builder = new GraphBuilder();
  readonly #done = new Map<number, number>();
  /** By node of the builder. */
  readonly #terms: Term[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  run(): Graph {
    return this.#builder.build([this.#visit(this.#graph.roots[0] ?? -1)]);
  }

  #visit(index: number): number {
    const done = this.#done.get(index);
    if (done !== undefined) return done;
    const node = this.#graph.nodes[index];
    if (node === undefined) throw new RangeError(`no node ${index} in the graph`);
    const made = node.kind === 'op' ? this.#op(node, index) : this.#builder.copy(this.#graph, index);
    this.#done.set(index, made);
    return made;
  }

  #op(node: Op, index: number): number {
    const { chain, commutative, mirrorOf } = OPERATIONS[node.op];
    if (chain?.role === 'link') {
      const links = this.#links(chain.of, index, false);
      // What begins with a sign stays as it is.
      if (links.some(({ inverse }) => !inverse)) return this.#join(chain.of, links);
    }
    const args = node.args.map((arg) => this.#visit(arg));
    if (mirrorOf !== undefined) return this.#builder.op(mirrorOf, ...args.toReversed());
    return this.#builder.op(node.op, ...(commutative ? this.#sorted(args, (arg) => arg, Infinity) : args));
  }

  #links(kind: ChainKind, index: number, inverse: boolean): readonly Link[] {
    const node = this.#graph.nodes[index];
    const chain = node?.kind === 'op' ? OPERATIONS[node.op].chain : undefined;
    if (node?.kind !== 'op' || chain?.role !== 'link' || chain.of !== kind) {
      return [{ node: this.#visit(index), inverse }];
    }
    return node.args.flatMap((arg, at) => this.#links(kind, arg, inverse !== chain.inverts[at]));
  }

  /** Numbers stand last in a sum, first in a product. */
  #join(kind: ChainKind, links: readonly Link[]): number {
    const [join, joinInverse] = kind === 'sum' ? (['add', 'sub'] as const) : (['mul', 'div'] as const);
    const sorted = this.#sorted(links, ({ node }) => node, kind === 'sum' ? Infinity : -Infinity);
    const [first, ...rest] = sorted.filter(({ inverse }) => !inverse);
    const inverted = sorted.filter(({ inverse }) => inverse);
    const joined = rest.reduce((whole, { node }) => this.#builder.op(join, whole, node), first?.node ?? -1);
    return inverted.reduce((whole, { node }) => this.#builder.op(joinInverse, whole, node), joined);
  }

  #sorted<T>(items: readonly T[], nodeOf: (item: T) => number, numbers: number): readonly T[] {
    const place = (item: T): number => (this.#builder.literal(nodeOf(item)) === undefined ? 0 : numbers);
    const key = (item: T): string => this.#text(nodeOf(item)).text;
    return items.toSorted((a, b) => {
      if (place(a) !== place(b)) return place(a) < place(b) ? -1 : 1;
      return key(a) < key(b) ? -1 : Number(key(a) > key(b));
    });
  }

  #text(index: number): Term {
    for (let at = this.#terms.length; at <= index; at++) this.#terms.push(termOf(this.#builder.node(at), this.#terms));
    return this.#terms[index]!;
  }
}
