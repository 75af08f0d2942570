import { createHash } from 'node:crypto';
import type { Graph, IrNode, Program } from './ir.ts';
import { OPERATORS, type OpName } from './operators.ts';
import { simplify } from './simplify.ts';

/**
 * Equal for programs that are the same function up to names and start values of constants and the order of commutative
 * operands. The graph of the simplified program becomes a graph of shapes, whose children are multisets of tagged links.
 * Constants start alike and are told apart by colour refinement (Weisfeiler and Leman, 1968): a shape's hash comes from below, its
 * context from above, and a constant's new colour is its context. What remains tied is tried in each order, within a
 * limit, and the smallest result is taken.
 */
interface Link {
  /** What the child is to its parent: equal for operands that may change places. */
  readonly tag: string;
  readonly child: number;
}

interface Shape {
  /** Undefined for a constant, which is known by its colour. */
  readonly label: string | undefined;
  readonly links: readonly Link[];
}

type Through = Readonly<Partial<Record<OpName, readonly boolean[]>>>;
const SUM: Through = { add: [false, false], sub: [false, true], neg: [true] };
const PRODUCT: Through = { mul: [false, false], div: [false, true] };
const CHAINS: readonly (readonly [label: string, through: Through])[] = [
  ['sum', SUM],
  ['product', PRODUCT],
  // How often an operand occurs matters neither to a minimum nor to a maximum.
  ['min', { min: [] }],
  ['max', { max: [] }],
];
/** a > b is b < a. */
const MIRRORED: Readonly<Partial<Record<OpName, OpName>>> = { gt: 'lt', ge: 'le' };

const TIE_LIMIT = 720;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 24);

/** Which arguments continue the chain of `through` and whether they are inverted; undefined where a node ends it. */
const continued = (graph: Graph, index: number, through: Through): readonly Link[] | undefined => {
  const node = graph.nodes[index];
  if (node?.kind !== 'op') return undefined;
  const inverts = through[node.op];
  if (inverts !== undefined) return node.args.map((child, i) => ({ tag: inverts[i] === true ? '-' : '+', child }));
  const exponent = through === PRODUCT && node.op === 'pow' ? graph.nodes[node.args[1] ?? -1] : undefined;
  if (exponent?.kind !== 'number' || !Number.isInteger(exponent.value) || exponent.value < 2 || exponent.value > 9) {
    return undefined;
  }
  return Array.from({ length: exponent.value }, () => ({ tag: '+', child: node.args[0] ?? -1 }));
};

/**
 * The operands of the chain that ends at `index`, each with how often it is added and subtracted. Counting instead of
 * writing out keeps this linear in the graph, also where shared parts double the chain at each node.
 */
const chainShape = (graph: Graph, index: number, label: string, through: Through): Shape | undefined => {
  if (continued(graph, index, through) === undefined) return undefined;
  const times = (value: number, count: number): number => (through === PRODUCT ? value ** count : value * count);
  const join = (a: number, b: number): number => (through === PRODUCT ? a * b : a + b);
  // x − 12 and −12 + x are one: numbers count by their common value.
  const numbers: number[] = [];
  const counts = new Map<number, { plus: number; minus: number }>([[index, { plus: 1, minus: 0 }]]);
  const links: Link[] = [];
  for (let i = index; i >= 0; i--) {
    const count = counts.get(i);
    if (count === undefined) continue;
    const next = continued(graph, i, through);
    const node = graph.nodes[i];
    const counted = through === SUM || through === PRODUCT;
    if (node?.kind === 'number' && counted) numbers.push(times(node.value, count.plus - count.minus));
    else if (next === undefined) links.push({ tag: counted ? `+${count.plus}-${count.minus}` : '', child: i });
    for (const { tag, child } of next ?? []) {
      const sum = counts.get(child) ?? { plus: 0, minus: 0 };
      const [plus, minus] = tag === '-' ? [count.minus, count.plus] : [count.plus, count.minus];
      counts.set(child, { plus: sum.plus + plus, minus: sum.minus + minus });
    }
  }
  const common = numbers.sort((a, b) => a - b).reduce(join, through === PRODUCT ? 1 : 0);
  return { label: `${label}:${numbers.length > 0 ? common : ''}`, links };
};

const shapeOf = (graph: Graph, node: IrNode, index: number): Shape => {
  if (node.kind === 'constant') return { label: undefined, links: [] };
  if (node.kind === 'feature') return { label: `f:${node.name}`, links: [] };
  if (node.kind === 'number') return { label: `n:${node.value}`, links: [] };
  for (const [label, through] of CHAINS) {
    const shape = chainShape(graph, index, label, through);
    if (shape !== undefined) return shape;
  }
  const mirrored = MIRRORED[node.op];
  const args = mirrored === undefined ? node.args : node.args.toReversed();
  const { commutative } = OPERATORS[node.op];
  return { label: mirrored ?? node.op, links: args.map((child, i) => ({ tag: commutative ? '' : String(i), child })) };
};

class Refinement {
  readonly #shapes: readonly Shape[];
  readonly #root: number;
  readonly #constants: readonly number[];
  /** Shapes that the root reaches: the inner nodes of a flattened chain are not among them. */
  readonly #live: ReadonlySet<number>;
  #leaves = 0;

  constructor(shapes: readonly Shape[], root: number) {
    this.#shapes = shapes;
    this.#root = root;
    const live = new Set<number>([root]);
    for (let i = root; i >= 0; i--) if (live.has(i)) for (const { child } of shapes[i]?.links ?? []) live.add(child);
    this.#live = live;
    this.#constants = [...live].filter((i) => shapes[i]?.label === undefined).sort((a, b) => a - b);
  }

  key(): string {
    return this.#search(new Map(this.#constants.map((i) => [i, 'c'])));
  }

  #search(colours: ReadonlyMap<number, string>): string {
    const refined = this.#refine(colours);
    const classes = new Map<string, number[]>();
    for (const [constant, colour] of refined) classes.set(colour, [...(classes.get(colour) ?? []), constant]);
    const tied = [...classes].filter(([, members]) => members.length > 1).sort(([a], [b]) => (a < b ? -1 : 1))[0];
    if (tied === undefined) {
      this.#leaves += 1;
      return this.#below(refined)[this.#root] ?? '';
    }
    let best: string | undefined;
    for (const member of tied[1]) {
      if (best !== undefined && this.#leaves >= TIE_LIMIT) break;
      const key = this.#search(new Map(refined).set(member, `first of ${tied[0]}`));
      if (best === undefined || key < best) best = key;
    }
    return best ?? '';
  }

  #refine(colours: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
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
    this.#shapes.forEach(({ label, links }, i) => {
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
    const uses: string[][] = this.#shapes.map(() => []);
    uses[this.#root]?.push('root');
    const contexts: string[] = this.#shapes.map(() => '');
    for (let i = this.#shapes.length - 1; i >= 0; i--) {
      if (!this.#live.has(i)) continue;
      const context = digest((uses[i] ?? []).sort().join(','));
      contexts[i] = context;
      for (const { tag, child } of this.#shapes[i]?.links ?? [])
        uses[child]?.push(`${tag}${context}${hashes[i] ?? ''}`);
    }
    return contexts;
  }
}

/**
 * A hash of 24 characters. Invariant under renaming constants, their start values, and the order of commutative
 * operands, also along chains of sums and products; the doc does not matter.
 */
export const canonicalKey = (program: Program): string => {
  const { graph } = simplify(program);
  return new Refinement(
    graph.nodes.map((node, i) => shapeOf(graph, node, i)),
    graph.roots[0] ?? -1,
  ).key();
};
