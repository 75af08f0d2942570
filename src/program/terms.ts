import { GraphBuilder } from './graph-builder.ts';
import type { Graph, Program } from './ir.ts';
import { printExpression } from './print/expression.ts';
import { SIDES } from './terms/sides.ts';
import { type Frame, framed, linksOf, NO_FRAME, splitOf, valueIn } from './terms/split.ts';

/** How a term came of the one above: a summand of it, a side of a maximum, minimum or hypotenuse, or a branch of a condition. */
export type TermRole = 'summand' | 'side' | 'branch';

/** A part of a program's value. The parts of a term add up to it on every row. */
export interface Term {
  /** Its place: `2` is the second summand, `2.1` the first part of that. */
  readonly place: string;
  readonly role: TermRole;
  /** As a program's source has it, on one line, with the factors that it was split from. */
  readonly text: string;
  /** Of a branch: the condition under which it is taken, or that the one before is not. */
  readonly when?: string;
  /** Root of the graph with its value, µs. */
  readonly value: number;
  /** Root that is 1 where this side or branch decides the value of the term above, else 0; summands have none. */
  readonly decides?: number;
  readonly parts: readonly Term[];
}

/** A program as terms. */
export interface Terms {
  /** They add up to the value; a program that is no sum is one term. */
  readonly terms: readonly Term[];
  /** Computes all of them at once; its first root is the value of the program. */
  readonly graph: Graph;
}

/** More parts than this say no more to a reader: what would be split further stays whole. */
const MOST_PARTS = 40;
const LONGEST_TEXT = 400;

/**
 * Splits the value of a program into terms that add up to it.
 *
 * A sum is split into its summands, with their signs. A factor or a divisor goes with each of them: `k * (a + b) / d` is `k * a / d` and
 * `k * b / d`; of several sums in one product the one with the most summands is split, and the others go with its summands whole.
 * `max`, `min` and `hypot` are one term with sides, `? :` is one with branches. What a side has of the term is what Euler's theorem
 * gives it, since these functions are homogeneous of the first degree: the side that equals a maximum has all of it where it does,
 * and a side `a` of a hypotenuse `h` has `a² / h`. A side is split into summands in its turn, but not beside a number, as in
 * `max(0, x - limit)`, whose summands would cancel.
 */
export function splitTerms(program: Program): Terms {
  return new Splitter(program).run();
}

/** An expression, and what it is multiplied with to be a part of the program's value. */
interface Piece {
  readonly node: number;
  readonly frame: Frame;
}

class Splitter {
  readonly #builder = new GraphBuilder();
  readonly #start: number;
  readonly #roots: number[];
  #parts = 0;

  constructor({ graph }: Program) {
    this.#start = this.#builder.copy(graph, graph.roots[0] ?? -1);
    this.#roots = [this.#start];
  }

  run(): Terms {
    const pieces = this.#pieces({ node: this.#start, frame: NO_FRAME });
    const terms = pieces.map((piece, at) => this.#term(piece, 'summand', String(at + 1)));
    return { terms, graph: this.#builder.build(this.#roots) };
  }

  /** The summands of an expression, itself where it is no sum. */
  #pieces(piece: Piece): readonly Piece[] {
    const { node, frame } = this.#unsigned(piece);
    const split = splitOf(this.#builder, node);
    if (split?.kind !== 'sum' || !this.#mayMake(split.summands.length)) return [{ node, frame }];
    return split.summands.flatMap((summand) =>
      this.#pieces({ node: summand.node, frame: framed(frame, split.factors, summand.inverse) }),
    );
  }

  /** A sign in front belongs to what an expression is multiplied with. */
  #unsigned({ node, frame }: Piece): Piece {
    const [only, ...others] = linksOf(this.#builder, 'sum', node);
    if (only === undefined || others.length > 0 || only.node === node) return { node, frame };
    return this.#unsigned({ node: only.node, frame: framed(frame, [], only.inverse) });
  }

  #mayMake(parts: number): boolean {
    if (this.#parts + parts > MOST_PARTS) return false;
    this.#parts += parts;
    return true;
  }

  #term({ node, frame }: Piece, role: TermRole, place: string): Term {
    return { ...this.#leaf({ node, frame }, role, place), parts: this.#sides({ node, frame }, place) };
  }

  #leaf({ node, frame }: Piece, role: TermRole, place: string): Omit<Term, 'parts'> {
    const shown = valueIn(this.#builder, node, { ...frame, weights: [], condition: undefined });
    return { place, role, text: this.#textOf(shown), value: this.#rootAt(valueIn(this.#builder, node, frame)) };
  }

  #sides({ node, frame }: Piece, above: string): readonly Term[] {
    const builder = this.#builder;
    const split = splitOf(builder, node);
    if (split === undefined || split.kind === 'sum') return [];
    const sides = SIDES[split.kind](builder, split.node);
    if (!this.#mayMake(sides.length)) return [];
    const isBranch = split.kind === 'branches';
    const isWhole = !isBranch && sides.some((side) => builder.literal(side.node) !== undefined);
    return sides.map((side, at): Term => {
      const place = `${above}.${at + 1}`;
      const decides = both(builder, frame.condition, side.decides);
      const own = framed(frame, split.factors, false);
      const piece: Piece = {
        node: side.node,
        frame: {
          ...own,
          weights: [...own.weights, ...side.weights],
          condition: side.isAllOrNothing ? decides : own.condition,
        },
      };
      const pieces = isWhole ? [] : this.#pieces(piece);
      const [only] = pieces;
      return {
        ...this.#leaf(piece, isBranch ? 'branch' : 'side', place),
        ...(side.when !== undefined && { when: this.#textOf(side.when) }),
        decides: this.#rootAt(decides),
        parts:
          pieces.length > 1
            ? pieces.map((summand, k) => this.#term(summand, 'summand', `${place}.${k + 1}`))
            : only === undefined
              ? []
              : this.#sides(only, place),
      };
    });
  }

  #textOf(node: number): string {
    return printExpression(this.#builder.build([node]), LONGEST_TEXT);
  }

  #rootAt(node: number): number {
    return this.#roots.push(node) - 1;
  }
}

function both(builder: GraphBuilder, above: number | undefined, own: number): number {
  return above === undefined ? own : builder.op('and', above, own);
}
