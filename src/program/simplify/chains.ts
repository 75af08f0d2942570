import { GraphBuilder } from '../graph-builder.ts';
import { useCounts, usedConstants, withoutFeatures } from '../graph-tools.ts';
import type { IrNode, Program } from '../ir.ts';
import type { Emitter } from '../operation.ts';
import type { ChainKind } from '../operations/columns.ts';
import { OPERATIONS, type OpName } from '../operations.ts';
import { isSmallInteger, simplifying } from '../rewrite.ts';
import { startFrom } from './merge-constants.ts';

/** A term of a sum or a factor of a product: `inverse` is subtracted or divided by. */
interface Link {
  readonly node: number;
  readonly inverse: boolean;
  /** No feature is below it. */
  readonly fixed: boolean;
}

interface Chain {
  readonly kind: ChainKind;
  /** What joins a link, and what joins an inverse one. */
  readonly join: OpName;
  readonly joinInverse: OpName;
  readonly neutral: number;
}

const SUM: Chain = { kind: 'sum', join: 'add', joinInverse: 'sub', neutral: 0 };
const PRODUCT: Chain = { kind: 'product', join: 'mul', joinInverse: 'div', neutral: 1 };
const CHAINS: { readonly [K in ChainKind]: Chain } = { sum: SUM, product: PRODUCT };

/** Which arguments of a node continue a chain inverted; undefined where the node is no link of it. */
function invertsOf(node: IrNode, kind: ChainKind): readonly boolean[] | undefined {
  const chain = node.kind === 'op' ? OPERATIONS[node.op].chain : undefined;
  return chain?.role === 'link' && chain.of === kind ? chain.inverts : undefined;
}

/** x − x is 0 wherever the two stand in the sum. A quotient does not cancel: it is NaN at 0, which features often are. */
function cancel(links: readonly Link[]): readonly Link[] {
  const surplus = new Map<number, number>();
  for (const { node, inverse } of links) surplus.set(node, (surplus.get(node) ?? 0) + (inverse ? -1 : 1));
  return links.filter(({ node, inverse }) => {
    const left = surplus.get(node) ?? 0;
    if (inverse ? left >= 0 : left <= 0) return false;
    surplus.set(node, left + (inverse ? 1 : -1));
    return true;
  });
}

/** Joins numbers from the largest down while the result can be written as a small integer; the order given does not matter. */
function foldPairs(values: readonly number[], join: (a: number, b: number) => number): readonly number[] {
  const result: number[] = [];
  for (const value of values.toSorted((a, b) => Math.abs(b) - Math.abs(a) || b - a)) {
    const joined = join(result.at(-1) ?? NaN, value);
    if (isSmallInteger(joined)) result[result.length - 1] = joined;
    else result.push(value);
  }
  return result;
}

/** One rebuild of the graph in normal form. Links that others use too stay whole: flattening them would compute them twice. */
class Normalizer {
  readonly #builder = new GraphBuilder();
  readonly #emit: Emitter = simplifying(this.#builder, 'small-integers');
  readonly #program: Program;
  readonly #uses: Uint32Array;
  readonly #fixed: readonly boolean[];
  readonly #starts: Map<string, number>;
  readonly #done = new Map<number, number>();

  constructor(program: Program) {
    this.#program = program;
    this.#uses = useCounts(program.graph);
    this.#fixed = withoutFeatures(program.graph);
    this.#starts = new Map(program.constants.map(({ name, start }) => [name, start]));
  }

  run(): Program {
    const root = this.#visit(this.#program.graph.roots[0] ?? -1);
    const graph = this.#builder.build([root]);
    const constants = this.#program.constants.map(({ name, start }) => ({
      name,
      start: this.#starts.get(name) ?? start,
    }));
    return Object.freeze({ doc: this.#program.doc, constants: usedConstants(constants, graph), graph });
  }

  #node(index: number): IrNode {
    const node = this.#program.graph.nodes[index];
    if (node === undefined) throw new RangeError(`no node ${index} in the graph`);
    return node;
  }

  #visit(index: number): number {
    const done = this.#done.get(index);
    if (done !== undefined) return done;
    const result = this.#rebuild(index);
    this.#done.set(index, result);
    return result;
  }

  #rebuild(index: number): number {
    const node = this.#node(index);
    if (node.kind !== 'op') return this.#builder.copy(this.#program.graph, index);
    const { chain, nesting, commutative } = OPERATIONS[node.op];
    if (chain?.role === 'link') return this.#join(CHAINS[chain.of], this.#links(CHAINS[chain.of], index));
    const args = nesting === 'apart' ? node.args : this.#flatArgs(node.op, index);
    const done = args.map((arg) => this.#visit(arg));
    return this.#emit.op(node.op, ...(commutative ? this.#inOrder(done, (arg) => arg, SUM) : done));
  }

  /**
   * Operands that may change places stand in order of their making, so that equal expressions become one node however
   * they were written. Numbers stand last in a sum, first in a product.
   */
  #inOrder<T>(items: readonly T[], nodeOf: (item: T) => number, chain: Chain): readonly T[] {
    const numbers = chain === SUM ? Infinity : -1;
    const place = (item: T): number => (this.#emit.literal(nodeOf(item)) === undefined ? nodeOf(item) : numbers);
    return items.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  }

  #flatArgs(op: OpName, index: number): number[] {
    const node = this.#node(index);
    if (node.kind !== 'op') return [index];
    return node.args.flatMap((arg) => {
      const inner = this.#node(arg);
      return inner.kind === 'op' && inner.op === op && this.#uses[arg] === 1 ? this.#flatArgs(op, arg) : [arg];
    });
  }

  #links(chain: Chain, index: number, inverse = false, outermost = true): Link[] {
    const node = this.#node(index);
    const inverts = invertsOf(node, chain.kind);
    if (node.kind !== 'op' || inverts === undefined || (!outermost && this.#uses[index] !== 1)) {
      return [{ node: index, inverse, fixed: this.#fixed[index] === true }];
    }
    return node.args.flatMap((arg, i) => this.#links(chain, arg, inverse !== inverts[i], false));
  }

  #join(chain: Chain, links: readonly Link[]): number {
    const done = this.#mergeFree(chain, links).map((link) => ({ ...link, node: this.#visit(link.node) }));
    const acting = this.#foldNumbers(chain, done).filter(({ node }) => this.#emit.literal(node) !== chain.neutral);
    const gathered = chain === PRODUCT ? this.#gatherPowers(acting) : cancel(acting);
    const ordered = this.#inOrder(gathered, (link) => link.node, chain);
    return this.#fromLeft(chain, this.#groupFixed(chain, ordered));
  }

  #fromLeft(chain: Chain, links: readonly Link[]): number {
    const first = links.find((link) => !link.inverse);
    if (first === undefined) {
      // Nothing to start from: −a − b is −(a + b), 1 / a / b is 1 / (a · b).
      const neutral = this.#emit.number(chain.neutral);
      if (links.length === 0) return neutral;
      const opposite = this.#fromLeft(
        chain,
        links.map((link) => ({ ...link, inverse: false })),
      );
      return this.#emit.op(chain.joinInverse, neutral, opposite);
    }
    const rest = links.filter((link) => link !== first);
    // Divisors last: −1 / y · x would keep a number that −x / y does not need.
    const placed = chain === PRODUCT ? rest.toSorted((a, b) => Number(a.inverse) - Number(b.inverse)) : rest;
    return placed.reduce(
      (result, link) => this.#emit.op(link.inverse ? chain.joinInverse : chain.join, result, link.node),
      first.node,
    );
  }

  /** Links without features are joined first, whatever their order: only side by side can they become one constant. */
  #groupFixed(chain: Chain, links: readonly Link[]): readonly Link[] {
    const fixed = links.filter((link) => link.fixed);
    const [first] = fixed;
    if (first === undefined || fixed.every(({ node }) => this.#emit.literal(node) !== undefined)) return links;
    if (fixed.length < 2 || fixed.length === links.length) return links;
    const inverse = fixed.every((link) => link.inverse);
    const node = this.#fromLeft(chain, inverse ? fixed.map((link) => ({ ...link, inverse: false })) : fixed);
    return links.flatMap((link) => (link === first ? [{ node, inverse, fixed: true }] : link.fixed ? [] : [link]));
  }

  /** Constants that only this chain uses, and its numbers, act as one: the first constant takes the common value. */
  #mergeFree(chain: Chain, links: readonly Link[]): readonly Link[] {
    const free = links.filter(({ node }) => this.#node(node).kind === 'constant' && this.#uses[node] === 1);
    const numbers = links.filter(({ node }) => this.#node(node).kind === 'number');
    const first = free[0] === undefined ? undefined : this.#node(free[0].node);
    if (first?.kind !== 'constant' || free.length + numbers.length < 2) return links;
    const start = [...free, ...numbers].reduce((total, { node, inverse }) => {
      const spec = this.#node(node);
      const value = spec.kind === 'number' ? spec.value : spec.kind === 'constant' ? this.#starts.get(spec.name) : NaN;
      return OPERATIONS[inverse ? chain.joinInverse : chain.join].evaluate([total, value ?? NaN]);
    }, chain.neutral);
    this.#starts.set(first.name, startFrom(start));
    return links.flatMap((link) => {
      if (link === free[0]) return [{ ...link, inverse: false }];
      return free.includes(link) || numbers.includes(link) ? [] : [link];
    });
  }

  /** The chain's numbers, wherever they stand, become as few as can be written. */
  #foldNumbers(chain: Chain, links: readonly Link[]): readonly Link[] {
    const numbers = links.filter(({ node }) => this.#emit.literal(node) !== undefined);
    const [first] = numbers;
    if (first === undefined || numbers.length < 2) return links;
    const join = (a: number, b: number): number => OPERATIONS[chain.join].evaluate([a, b]);
    const total = numbers.reduce(
      (sum, { node, inverse }) =>
        OPERATIONS[inverse ? chain.joinInverse : chain.join].evaluate([sum, this.#emit.literal(node) ?? NaN]),
      chain.neutral,
    );
    const side = (inverse: boolean): Link[] => {
      const values = numbers
        .filter((link) => link.inverse === inverse)
        .map(({ node }) => this.#emit.literal(node) ?? NaN);
      return foldPairs(values, join).map((value) => ({ node: this.#emit.number(value), inverse, fixed: true }));
    };
    const folded = isSmallInteger(total)
      ? [{ node: this.#emit.number(total), inverse: false, fixed: true }]
      : [...side(false), ...side(true)];
    return links.flatMap((link) => (link === first ? folded : numbers.includes(link) ? [] : [link]));
  }

  /** x · x · x is x³: one operation. */
  #gatherPowers(links: readonly Link[]): readonly Link[] {
    const counts = new Map<number, number>();
    for (const { node, inverse } of links) if (!inverse) counts.set(node, (counts.get(node) ?? 0) + 1);
    const seen = new Set<number>();
    return links.flatMap((link) => {
      const count = link.inverse ? 1 : (counts.get(link.node) ?? 1);
      if (count === 1) return [link];
      if (seen.has(link.node)) return [];
      seen.add(link.node);
      return [{ ...link, node: this.#emit.op('pow', link.node, this.#emit.number(count)) }];
    });
  }
}

/** Sums, products and other associative operations in one shape, every operation through the local rules. */
export function normalizeChains(program: Program): Program {
  return new Normalizer(program).run();
}
