import { median } from '../../numeric/index.ts';
import type { Model } from '../../kernel/index.ts';
import type { ConstantBounds } from '../bounds.ts';
import type { Layout } from '../layout.ts';
import { LOSS_SCHEDULE } from '../loss.ts';
import type { ObjectiveName } from '../types.ts';
import type { ResidualTerm } from './residual-term.ts';
import { dot, orthonormal, type Regression, type Score, scoreColumns, takeOut } from './projection.ts';
import { type ScanRows, TermColumns } from './term-columns.ts';

/** How many terms are kept, and among how many of the best they are chosen. */
const KEPT = 10;
const SHORTLIST = 40;
/** A term that lowers the squares by a smaller share is noise. */
const LEAST_GAIN = 0.003;
/** A term counts as if it gained this share less for each of its operations: of terms that say the same, the shortest is kept. */
const OPERATION_SHARE = 0.03;
/** A mean square below is rounding: the program is exact. */
const EXACT = 1e-18;

const PLACES = ['sum', 'factor'] as const;
type Place = (typeof PLACES)[number];

/** One group: the weighted relative residual and derivatives of its program, and the rows that they are of. */
interface Scene extends Regression {
  readonly rows: ScanRows;
  /** By place: what a column is multiplied by, row by row. */
  readonly scales: Readonly<Record<Place, Float64Array>>;
}

interface Scored {
  readonly term: number;
  readonly place: Place;
  readonly scores: readonly Score[];
  readonly sign: 1 | -1;
  /** Of the groups in which it has the sign. */
  readonly gain: number;
  /** What a gain counts for, as the term is short or long. */
  readonly worth: number;
}

/**
 * Which terms a fitted program lacks: each of a library is added by one bordered step of the normal equations, all constants of the
 * program free to follow, and the few that together lower the squares most are chosen one after the other, each against what those
 * before it leave (forward selection; Miller, "Subset selection in regression", 2nd ed., 2002, section 3.2; Frisch and Waugh 1933).
 */
export class ResidualTerms {
  readonly #columns: TermColumns;
  readonly #layout: Layout;
  readonly #objective: ObjectiveName;
  #scored = 0;

  constructor(layout: Layout, objective: ObjectiveName) {
    this.#columns = new TermColumns(layout);
    this.#layout = layout;
    this.#objective = objective;
  }

  /** Memory that it takes, about. */
  get bytes(): number {
    return this.#columns.bytes;
  }

  /** Terms that were scored so far by a linear step in all groups. */
  get scored(): number {
    return this.#scored;
  }

  /**
   * @param fits of each group its constants and their bounds; what is held by a bound cannot follow
   * @returns the best first in the order in which they were chosen; none where the program is exact
   */
  missing(
    model: Model,
    fits: readonly { readonly constants: Float64Array; readonly bounds: ConstantBounds }[],
  ): readonly ResidualTerm[] {
    const scenes = this.#layout.groups.map(({ sample }, i) => this.#scene(model, sample.rows, i, fits[i]!));
    const before = scenes.reduce((sum, { residual }) => sum + dot(residual, residual), 0);
    if (!(before > EXACT * scenes.length) || !(before < Infinity)) return [];
    const all = this.#scoreAll(scenes).filter(({ gain }) => gain > LEAST_GAIN * before);
    const shortlist = all.sort((a, b) => b.worth * b.gain - a.worth * a.gain).slice(0, SHORTLIST);
    return select(scenes, shortlist, LEAST_GAIN * before).map(({ term, place, scores, sign, gain }): ResidualTerm => {
      const agreeing = scores.flatMap(({ coefficient }) => (coefficient * sign > 0 ? [coefficient] : []));
      return {
        term: this.#columns.terms[term]!.text,
        place,
        coefficient: Number(median(agreeing).toPrecision(4)),
        gain: Number((gain / before).toPrecision(3)),
      };
    });
  }

  #scene(
    model: Model,
    range: readonly [number, number],
    group: number,
    { constants, bounds: { lower, upper } }: { readonly constants: Float64Array; readonly bounds: ConstantBounds },
  ): Scene {
    const data = this.#columns.groups[group]!;
    const { rows, y, sizes, weights } = data;
    const { robust } = LOSS_SCHEDULE[this.#objective].at(-1)!;
    const [predicted, ...slopes] = model.roots('all', constants, range);
    const p = Float64Array.from(rows, (row) => predicted![row]!);
    const ratios = p.map((value, i) => value / sizes[i]! - y[i]! / sizes[i]!);
    const sum = ratios.map((ratio, i) => Math.sqrt(weights[i]! * robust.weight(ratio)) / sizes[i]!);
    const free = model.names.flatMap((_, i) => (constants[i]! > lower[i]! && constants[i]! < upper[i]! ? [i] : []));
    const basis = orthonormal(free.map((i) => sum.map((scale, k) => scale * slopes[i]![rows[k]!]!)));
    const residual = sum.map((scale, k) => scale * (y[k]! - p[k]!));
    for (const unit of basis) takeOut(residual, unit);
    return { rows: data, basis, residual, scales: { sum, factor: sum.map((scale, k) => scale * p[k]!) } };
  }

  #scoreAll(scenes: readonly Scene[]): Scored[] {
    const { terms } = this.#columns;
    return PLACES.flatMap((place) => {
      const tried = [...terms.keys()].filter((term) => place === 'sum' || terms[term]!.modulates);
      this.#scored += tried.length;
      const ofGroups = scenes.map((scene) => {
        const columns = tried.map((term) => scene.rows.columns[term]!);
        return scoreColumns(columns, scene, scene.scales[place]);
      });
      return tried.map((term, k) =>
        scoredOf(
          term,
          place,
          1 - OPERATION_SHARE * terms[term]!.operations,
          ofGroups.map((scores) => scores[k]!),
        ),
      );
    });
  }
}

/** A term has one sign in the text of a program: only the groups that agree gain by it. */
function scoredOf(term: number, place: Place, worth: number, scores: readonly Score[]): Scored {
  const gainOf = (sign: 1 | -1): number =>
    scores.reduce((sum, { gain, coefficient }) => (coefficient * sign > 0 ? sum + gain : sum), 0);
  const [more, less] = [gainOf(1), gainOf(-1)];
  const sign = more >= less ? 1 : -1;
  return { term, place, scores, sign, gain: Math.max(more, less), worth };
}

/** The terms that lower the squares most together, chosen one by one, with what each would gain alone. */
function select(scenes: readonly Scene[], shortlist: readonly Scored[], least: number): readonly Scored[] {
  const residuals = scenes.map(({ residual }) => residual.slice());
  const columns = shortlist.map(({ term, place }) =>
    scenes.map(({ rows, basis, scales }) => {
      const column = rows.columns[term]!.map((value, i) => value * scales[place][i]!);
      const norm = dot(column, column);
      for (const unit of basis) takeOut(column, unit);
      return { column, norm };
    }),
  );
  const open = new Set(shortlist.keys());
  const chosen: Scored[] = [];
  while (chosen.length < KEPT) {
    let best: { readonly at: number; readonly gain: number } | undefined;
    for (const at of open) {
      const { sign, worth } = shortlist[at]!;
      const gain = columns[at]!.reduce((sum, { column, norm }, g) => {
        const { gain: own, coefficient } = conditional(column, norm, residuals[g]!);
        return coefficient * sign > 0 ? sum + worth * own : sum;
      }, 0);
      if (gain > (best?.gain ?? least)) best = { at, gain };
    }
    if (best === undefined) break;
    const { at } = best;
    open.delete(at);
    chosen.push(shortlist[at]!);
    for (const [g, { column, norm }] of columns[at]!.entries()) {
      const [unit] = dot(column, column) > DEPENDENT * norm ? orthonormal([column]) : [];
      if (unit === undefined) continue;
      takeOut(residuals[g]!, unit);
      for (const other of open) takeOut(columns[other]![g]!.column, unit);
    }
  }
  return chosen;
}

/** What others leave of a column, as a share of it, below which it says nothing new. */
const DEPENDENT = 1e-6;

function conditional(column: Float64Array, norm: number, residual: Float64Array): Score {
  const left = dot(column, column);
  if (!(left > DEPENDENT * norm)) return { gain: 0, coefficient: 0 };
  const along = dot(column, residual);
  return { gain: (along * along) / left, coefficient: along / left };
}
