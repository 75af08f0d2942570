import { literalOf } from '../graph-tools.ts';
import type { Graph, IrNode } from '../ir.ts';
import { OPERATIONS } from '../operations.ts';
import { applyConventions } from './conventions.ts';
import { closed, type OpenUnit, openProduct, unknown, UnitEquations } from './equations.ts';
import { featureUnit } from './infer.ts';
import { PURE, type Unit } from './unit.ts';

/** What is known of the units of a program's inputs and of its result. */
export interface KnownUnits {
  /** By the name of a feature, as its row writes it; undefined where there is no such feature. */
  readonly feature: (name: string) => string | undefined;
  readonly result: Unit;
}

/** The unit of a node; undefined of a number in the text, which takes any. */
export type NodeUnit = OpenUnit | undefined;

/** One walk over a program's graph that writes down what its units must be; see `programUnits`. */
export class Inference {
  readonly #graph: Graph;
  readonly #known: KnownUnits;
  readonly #equations = new UnitEquations();
  /** Of each node, from what lies below it. */
  readonly #units: readonly NodeUnit[];
  /** Of each node, from what lies above it; the uppermost use decides. */
  readonly #expected: NodeUnit[] = [];
  readonly #unknowns: ReadonlyMap<string, number>;
  #fresh: number;
  /** Unknowns that are units of powers with a constant for their exponent. */
  readonly #powers = new Set<number>();

  constructor(graph: Graph, known: KnownUnits, unknowns: ReadonlyMap<string, number>) {
    this.#graph = graph;
    this.#known = known;
    this.#unknowns = unknowns;
    this.#fresh = unknowns.size;
    const units: NodeUnit[] = [];
    for (const node of graph.nodes) units.push(this.#fromBelow(node, units));
    this.#units = units;
  }

  run(): void {
    this.#expect(this.#graph.roots[0] ?? -1, closed(this.#known.result));
    for (let index = this.#graph.nodes.length - 1; index >= 0; index--) this.#passDown(index);
    this.#applyConventions();
  }

  /** By what lies above a node, else by what lies below it. */
  unitOf(index: number): NodeUnit {
    return this.#expected[index] ?? this.#units[index];
  }

  reduced(unit: NodeUnit): NodeUnit {
    return unit && this.#equations.reduced(unit);
  }

  isOfPower(unit: OpenUnit): boolean {
    const { unknowns } = this.#equations.reduced(unit);
    return unknowns.size > 0 && [...unknowns.keys()].every((index) => this.#powers.has(index));
  }

  #applyConventions(): void {
    applyConventions(this.#graph, this.#known.result, {
      ofNode: (index) => this.reduced(this.unitOf(index)),
      equate: (a, b) => {
        this.#equations.equate(a, b);
      },
      isOfConstant: (index) => index < this.#unknowns.size,
    });
  }

  #open(): OpenUnit {
    return unknown(this.#fresh++);
  }

  #fromBelow(node: IrNode, units: readonly NodeUnit[]): NodeUnit {
    if (node.kind === 'number') return undefined;
    if (node.kind === 'constant') return unknown(this.#unknowns.get(node.name) ?? -1);
    if (node.kind === 'feature') {
      const text = this.#known.feature(node.name);
      const unit = text === undefined ? undefined : featureUnit(text);
      return unit === undefined ? this.#open() : closed(unit);
    }
    const { kind, unitPower, chain } = OPERATIONS[node.op];
    const args = node.args.map((arg) => units[arg]);
    if (kind === 'select') return args.slice(1).find((unit) => unit !== undefined);
    if (unitPower !== undefined)
      return powerOf(
        args.find((unit) => unit !== undefined),
        unitPower,
      );
    if (chain?.role === 'link') {
      return productOf(args.map((unit, at) => powerOf(unit, chain.inverts[at] === true ? -1 : 1)));
    }
    if (chain?.role === 'power') {
      const exponent = literalOf(this.#graph, node.args[1]);
      if (exponent !== undefined) return powerOf(args[0], exponent);
      if (args[0]?.unknowns.size === 0 && args[0].fixed.size === 0) return closed(PURE);
      this.#powers.add(this.#fresh);
      return this.#open();
    }
    return closed(PURE);
  }

  /** The unit of a node must be `unit`; the first one to say so is passed on to what lies below. */
  #expect(index: number, unit: NodeUnit): void {
    const own = this.#units[index];
    if (own === undefined || unit === undefined) return;
    if (this.#expected[index] !== undefined || this.#graph.nodes[index]?.kind !== 'op')
      this.#equations.equate(own, unit);
    this.#expected[index] ??= unit;
  }

  #passDown(index: number): void {
    const node = this.#graph.nodes[index];
    if (node?.kind !== 'op') return;
    const expected = this.#expected[index];
    const { kind, unitPower, chain } = OPERATIONS[node.op];
    if (kind === 'logical') return;
    if (kind === 'comparison') this.#expectAll(node.args, undefined);
    else if (kind === 'select') this.#expectAll(node.args.slice(1), expected);
    else if (unitPower !== undefined) this.#expectAll(node.args, powerOf(expected, 1 / unitPower));
    else if (chain?.role === 'link') this.#expectFactors(node.args, chain.inverts, expected);
    else if (chain?.role === 'power') this.#expectPower(node.args, index, expected);
    else this.#expectAll(node.args, closed(PURE));
  }

  /** All have one unit: the expected one, or that of the first. */
  #expectAll(nodes: readonly number[], expected: NodeUnit): void {
    const unit = expected ?? nodes.map((node) => this.#units[node]).find((own) => own !== undefined);
    for (const node of nodes) this.#expect(node, unit);
  }

  #expectFactors(args: readonly number[], inverts: readonly boolean[], expected: NodeUnit): void {
    if (expected === undefined) return;
    const powerAt = (at: number): number => (inverts[at] === true ? -1 : 1);
    for (const [at, arg] of args.entries()) {
      const others = args.flatMap((other, k) => {
        const unit = this.#units[other];
        return k === at || unit === undefined ? [] : [[unit, -powerAt(k)] as const];
      });
      this.#expect(arg, powerOf(openProduct([[expected, 1], ...others]), powerAt(at)));
    }
  }

  #expectPower([base = -1, exponent = -1]: readonly number[], index: number, expected: NodeUnit): void {
    const literal = literalOf(this.#graph, exponent);
    if (literal === undefined) {
      this.#expect(exponent, closed(PURE));
      const own = this.#units[index];
      if (own !== undefined && expected !== undefined) this.#equations.equate(own, expected);
    } else if (literal !== 0) this.#expect(base, powerOf(expected, 1 / literal));
  }
}

function powerOf(unit: NodeUnit, power: number): NodeUnit {
  return unit === undefined ? undefined : openProduct([[unit, power]]);
}

function productOf(units: readonly NodeUnit[]): NodeUnit {
  const known = units.filter((unit) => unit !== undefined);
  return known.length === 0 ? undefined : openProduct(known.map((unit) => [unit, 1]));
}
