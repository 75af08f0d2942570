import { createHash } from 'node:crypto';
import { literalOf } from './graph-tools.ts';
import type { Graph, IrNode, Program } from './ir.ts';
import type { ChainKind } from './operations/columns.ts';
import { OPERATIONS, type OpName } from './operations.ts';
import { numberText } from './print/terms.ts';
import { simplify } from './simplify.ts';

/**
 * Equal for programs that are the same function up to names and start values of constants and the order of commutative
 * operands. The graph of the simplified program becomes a graph of vertices, whose children are multisets of tagged links.
 * Constants start alike and are told apart by colour refinement (Weisfeiler and Leman, 1968): a vertex's hash comes from below,
 * its context from above, and a constant's new colour is its context. What remains tied is tried in each order, within a limit,
 * and the smallest result is taken.
 */
interface Link {
  /** What the child is to its parent: equal for operands that may change places. */
  readonly tag: string;
  readonly child: number;
}

interface Vertex {
  /** Undefined for a constant, which is known by its colour. */
  readonly label: string | undefined;
  readonly links: readonly Link[];
}

/** Terms, factors, or the operands of one operation to which it does not matter how often each occurs: a minimum or maximum. */
type ChainName = ChainKind | OpName;

/** Refinements after which ties are broken by position: five constants that are all alike need 60. */
const WORK_LIMIT = 100;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}

/** The chain that a node begins, if it begins one. */
function chainOf(graph: Graph, node: IrNode): ChainName | undefined {
  if (node.kind !== 'op') return undefined;
  const { chain, nesting } = OPERATIONS[node.op];
  if (nesting === 'set') return node.op;
  return chain === undefined || (chain.role === 'power' && timesOf(graph, node) === 0) ? undefined : chain.of;
}

/** How often a power is its base, where it is written out as a product; 0 where it is not. */
function timesOf(graph: Graph, { args }: IrNode & { kind: 'op' }): number {
  const exponent = literalOf(graph, args[1]) ?? 0;
  return Number.isInteger(exponent) && exponent >= 2 && exponent <= 9 ? exponent : 0;
}

/** Which arguments continue the chain and whether they are inverted; undefined where a node ends it. */
function continued(graph: Graph, index: number, name: ChainName): readonly Link[] | undefined {
  const node = graph.nodes[index];
  if (node?.kind !== 'op' || chainOf(graph, node) !== name) return undefined;
  const { chain } = OPERATIONS[node.op];
  if (chain?.role === 'power') {
    return Array.from({ length: timesOf(graph, node) }, () => ({ tag: '+', child: node.args[0] ?? -1 }));
  }
  return node.args.map((child, i) => ({ tag: chain?.inverts[i] === true ? '-' : '+', child }));
}

/**
 * The operands of the chain that ends at `index`, each with how often it is added and subtracted. Counting instead of
 * writing out keeps this linear in the graph, also where shared parts double the chain at each node.
 */
function chainVertex(graph: Graph, index: number, name: ChainName): Vertex {
  const isProduct = name === 'product';
  const times = (value: number, count: number): number => (isProduct ? value ** count : value * count);
  const join = (a: number, b: number): number => (isProduct ? a * b : a + b);
  // x − 12 and −12 + x are one: numbers count by their common value.
  const numbers: number[] = [];
  const counts = new Map<number, { plus: number; minus: number }>([[index, { plus: 1, minus: 0 }]]);
  const links: Link[] = [];
  for (let i = index; i >= 0; i--) {
    const count = counts.get(i);
    if (count === undefined) continue;
    const next = continued(graph, i, name);
    const node = graph.nodes[i];
    const counted = isProduct || name === 'sum';
    if (node?.kind === 'number' && counted) numbers.push(times(node.value, count.plus - count.minus));
    else if (next === undefined) links.push({ tag: counted ? `+${count.plus}-${count.minus}` : '', child: i });
    for (const { tag, child } of next ?? []) {
      const sum = counts.get(child) ?? { plus: 0, minus: 0 };
      const [plus, minus] = tag === '-' ? [count.minus, count.plus] : [count.plus, count.minus];
      counts.set(child, { plus: sum.plus + plus, minus: sum.minus + minus });
    }
  }
  const common = numbers.sort((a, b) => a - b).reduce(join, isProduct ? 1 : 0);
  return { label: `${name}:${numbers.length > 0 ? common : ''}`, links };
}

function vertexOf(graph: Graph, node: IrNode, index: number): Vertex {
  if (node.kind === 'constant') return { label: undefined, links: [] };
  if (node.kind === 'feature') return { label: `f:${node.name}`, links: [] };
  if (node.kind === 'number') return { label: `n:${numberText(node.value)}`, links: [] };
  const chain = chainOf(graph, node);
  if (chain !== undefined) return chainVertex(graph, index, chain);
  const { commutative, mirrorOf } = OPERATIONS[node.op];
  const args = mirrorOf === undefined ? node.args : node.args.toReversed();
  return { label: mirrorOf ?? node.op, links: args.map((child, i) => ({ tag: commutative ? '' : String(i), child })) };
}

const UNREACHED: Vertex = { label: '', links: [] };

/** The members of the tied colour class that comes first by colour. */
function firstTie(colours: ReadonlyMap<number, string>): readonly number[] | undefined {
  const classes = new Map<string, number[]>();
  for (const [constant, colour] of colours) {
    const members = classes.get(colour);
    if (members === undefined) classes.set(colour, [constant]);
    else members.push(constant);
  }
  const tied = [...classes].filter(([, members]) => members.length > 1);
  return tied.sort(([a], [b]) => (a < b ? -1 : 1))[0]?.[1];
}

function individualize(colours: ReadonlyMap<number, string>, constant: number): ReadonlyMap<number, string> {
  return new Map(colours).set(constant, `first of ${colours.get(constant) ?? ''}`);
}

class Refinement {
  readonly #vertices: readonly Vertex[];
  readonly #root: number;
  readonly #constants: readonly number[];
  /** Vertices that the root reaches: the inner nodes of a flattened chain are not among them. */
  readonly #live: ReadonlySet<number>;
  #refinements = 0;

  constructor(graph: Graph) {
    this.#root = graph.roots[0] ?? -1;
    const vertices: Vertex[] = graph.nodes.map(() => UNREACHED);
    const live = new Set<number>([this.#root]);
    for (let i = this.#root; i >= 0; i--) {
      const node = graph.nodes[i];
      if (node === undefined || !live.has(i)) continue;
      const vertex = vertexOf(graph, node, i);
      vertices[i] = vertex;
      for (const { child } of vertex.links) live.add(child);
    }
    this.#vertices = vertices;
    this.#live = live;
    this.#constants = [...live].filter((i) => vertices[i]?.label === undefined).sort((a, b) => a - b);
  }

  key(): string {
    return this.#search(new Map(this.#constants.map((i) => [i, 'c'])));
  }

  /**
   * Individualises one of the first tied constants after another. Two of them that lead straight down to the same key are
   * images of each other, and one is enough.
   */
  #search(colours: ReadonlyMap<number, string>): string {
    const refined = this.#refine(colours);
    const tied = firstTie(refined);
    if (tied === undefined) return this.#below(refined)[this.#root] ?? '';
    const seen = new Set<string>();
    let best: string | undefined;
    for (const member of tied) {
      const single = individualize(refined, member);
      const straight = this.#descend(single);
      if (seen.has(straight)) continue;
      seen.add(straight);
      const key = this.#refinements < WORK_LIMIT ? this.#search(single) : straight;
      if (best === undefined || key < best) best = key;
      if (this.#refinements >= WORK_LIMIT) break;
    }
    return best ?? '';
  }

  /** The key that comes from always taking the first of those tied. */
  #descend(colours: ReadonlyMap<number, string>): string {
    let refined = this.#refine(colours);
    for (let tied = firstTie(refined); tied !== undefined; tied = firstTie(refined)) {
      refined = this.#refine(individualize(refined, tied[0] ?? -1));
    }
    return this.#below(refined)[this.#root] ?? '';
  }

  #refine(colours: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
    this.#refinements += 1;
    let current = colours;
    for (let distinct = new Set(colours.values()).size; ; ) {
      const contexts = this.#above(this.#below(current));
      // The old colour stays part of the new one, so that classes only ever split.
      const next = new Map([...current].map(([i, colour]) => [i, digest(`${colour}|${contexts[i] ?? ''}`)]));
      const count = new Set(next.values()).size;
      current = next;
      if (count === distinct) return current;
      distinct = count;
    }
  }

  #below(colours: ReadonlyMap<number, string>): readonly string[] {
    const hashes: string[] = [];
    this.#vertices.forEach(({ label, links }, i) => {
      if (!this.#live.has(i)) hashes.push('');
      else if (label === undefined) hashes.push(digest(`c:${colours.get(i) ?? ''}`));
      else {
        const children = links.map(({ tag, child }) => `${tag}${hashes[child] ?? ''}`).sort();
        hashes.push(digest(`${label}(${children.join(',')})`));
      }
    });
    return hashes;
  }

  #above(hashes: readonly string[]): readonly string[] {
    const uses: string[][] = this.#vertices.map(() => []);
    uses[this.#root]?.push('root');
    const contexts: string[] = this.#vertices.map(() => '');
    for (let i = this.#vertices.length - 1; i >= 0; i--) {
      if (!this.#live.has(i)) continue;
      const context = digest((uses[i] ?? []).sort().join(','));
      contexts[i] = context;
      for (const { tag, child } of this.#vertices[i]?.links ?? [])
        uses[child]?.push(`${tag}${context}${hashes[i] ?? ''}`);
    }
    return contexts;
  }
}

/**
 * A hash of 24 characters. Invariant under renaming constants, their start values, and the order of commutative
 * operands, also along chains of sums and products; the doc does not matter.
 */
export function canonicalKey(program: Program): string {
  return new Refinement(simplify(program).graph).key();
}
