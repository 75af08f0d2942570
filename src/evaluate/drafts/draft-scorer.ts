import { boundedQuadratic } from '../../numeric/index.ts';
import { ceilingUs } from '../../physics/index.ts';
import type { ConstantSpec } from '../../program/index.ts';
import { floorFigures, joinFloors } from '../floor-figures.ts';
import type { Layout } from '../layout.ts';
import { objectiveError, objectiveMetrics } from '../objectives.ts';
import { scaledMae, scaledRmse } from '../scaled-errors.ts';
import type { ReductionColumns } from '../reductions.ts';
import type { Draft, DraftScore, GroupStarts, ObjectiveName } from '../types.ts';
import { affineColumns, type AffineColumns } from './affine.ts';
import { ColumnStore, type Values } from './column-store.ts';
import { type DraftGroup, draftRows, type DraftRows } from './draft-rows.ts';

/** Relative residuals far above count by their size, not their square: as in the loss of a full fit. */
const ROBUST = 0.1;
/** Weight of all bounds of physics beside the measured rows, as in a full fit. */
const BOUNDS = 1;
/** Rows whose predictions tell programs apart, and to so many digits. */
const PRINTED = 24;
const DIGITS = 6;

/** What a scorer needs of a table. */
export interface DraftTable {
  readonly layout: Layout;
  readonly reductions: ReductionColumns;
  readonly objective: ObjectiveName;
  readonly weightOf: (experiment: number) => number;
}

/**
 * Scores drafts, of which there are many more than are worth a fit: the constants that enter linearly are solved for on some of the
 * rows, by weighted least squares of the relative residuals and once more with far residuals and broken bounds weighed; all others
 * stay at their start values.
 */
export class DraftScorer {
  readonly #table: DraftTable;
  readonly #rows: DraftRows;
  readonly #store: ColumnStore;

  constructor(table: DraftTable) {
    this.#table = table;
    this.#rows = draftRows(table.layout);
    const { features, columns } = table.layout;
    this.#store = new ColumnStore(
      this.#rows.count,
      new Map(features.map(({ name }, k) => [name, this.#rows.gather(columns[k]!)])),
    );
  }

  /** @returns undefined where some row gets no finite value. */
  score({ program, starts = [] }: Draft): DraftScore | undefined {
    this.#store.tidy();
    for (const { name, column } of this.#table.reductions.lentTo(program)) {
      if (this.#store.feature(name) === undefined) this.#store.lend(name, this.#rows.gather(column));
    }
    const affine = affineColumns(program, this.#store, (i) => this.#startOf(program.constants[i]!, starts));
    if (affine === undefined) return undefined;
    const p = this.#fitted(affine);
    if (p === undefined) return undefined;
    const step = Math.max(1, Math.floor(p.length / PRINTED));
    const print = Array.from({ length: Math.min(PRINTED, p.length) }, (_, k) => p[k * step]!.toPrecision(DIGITS));
    return { error: this.#errorOf(p), print: print.join(' ') };
  }

  #fitted({ base, slopes }: AffineColumns): Float64Array | undefined {
    const p = new Float64Array(this.#rows.count);
    const columns = [...slopes.values()].map((values) => this.#columnOf(values));
    const start = this.#columnOf(base);
    for (const group of this.#rows.groups) {
      if (group.parts.length === 0) continue;
      const fit = new GroupFit(this.#rows, group, start, columns, this.#table);
      if (!fit.into(p)) return undefined;
    }
    return p.every(Number.isFinite) ? p : undefined;
  }

  /** Where a constant stays in each group. */
  #startOf({ name, start }: ConstantSpec, starts: readonly GroupStarts[]): Values {
    const { groups } = this.#table.layout;
    const values = groups.map(
      ({ name: group }) => starts.find((each) => each.group === group)?.constants[name] ?? start,
    );
    const [first = start] = values;
    if (values.every((value) => value === first)) return first;
    return this.#store.spread(`=${values.join(' ')}`, () => {
      const column = new Float64Array(this.#rows.count);
      for (const [k, { rows }] of this.#rows.groups.entries()) column.fill(values[k]!, ...rows);
      return column;
    });
  }

  #columnOf(values: Values): Float64Array {
    return typeof values === 'number' ? new Float64Array(this.#rows.count).fill(values) : values.values;
  }

  #errorOf(p: Float64Array): number {
    const { y, e2e, groups } = this.#rows;
    const { objective, weightOf, layout } = this.#table;
    const isOfColumn = layout.features.target !== undefined;
    const predicted = isOfColumn ? p : p.map((value) => Math.max(value, 0));
    const ofParts = groups.flatMap(({ parts }) =>
      parts.map(({ experiment, rows }) => ({
        weight: weightOf(experiment),
        metrics: isOfColumn
          ? { mape: scaledMae(this.#rows, p, rows), rmse: scaledRmse(this.#rows, p, rows), e2eBlockError: 0 }
          : objectiveMetrics(predicted, y, e2e, rows),
      })),
    );
    const floors = joinFloors(groups.flatMap(({ floor }) => (floor === undefined ? [] : [floorFigures(floor, p)])));
    return objectiveError(objective, ofParts) + (floors?.error ?? 0);
  }
}

/** The linear fit of one group. */
class GroupFit {
  readonly #rows: DraftRows;
  /** Absolute residual, relative to the scale of a row, from which on it counts by its size. */
  readonly #far: number;
  readonly #group: DraftGroup;
  readonly #base: Float64Array;
  readonly #columns: readonly Float64Array[];
  readonly #lower: Float64Array;
  readonly #upper: Float64Array;

  constructor(
    rows: DraftRows,
    group: DraftGroup,
    base: Float64Array,
    columns: readonly Float64Array[],
    { objective, layout }: DraftTable,
  ) {
    // Of a server no constant that enters linearly is negative; of a table nobody knows.
    const isPhysical = layout.features.target === undefined;
    this.#rows = rows;
    this.#far = objective === 'mse' ? Number.POSITIVE_INFINITY : ROBUST;
    this.#group = group;
    this.#base = base;
    this.#columns = columns;
    this.#lower = new Float64Array(columns.length).fill(isPhysical ? 0 : Number.NEGATIVE_INFINITY);
    this.#upper = new Float64Array(columns.length).fill(Number.POSITIVE_INFINITY);
  }

  /** Writes the predictions of the group's rows; false where there is no fit. */
  into(p: Float64Array): boolean {
    const [start, end] = this.#group.rows;
    p.set(this.#base.subarray(start, end), start);
    if (this.#columns.length === 0) return true;
    for (let pass = 0; pass < 2; pass++) {
      const coefficients = this.#solved(pass === 0 ? undefined : p);
      if (!coefficients.every(Number.isFinite)) return false;
      this.#predict(coefficients, p);
    }
    return true;
  }

  /** @param p predictions by the fit before, by which rows are weighed; undefined for the first one */
  #solved(p: Float64Array | undefined): Float64Array {
    const sums = new EquationSums(this.#base, this.#columns);
    const { y, scale, rowWeights } = this.#rows;
    for (const { rows, share } of this.#group.parts) {
      const each = share / (rows[1] - rows[0]);
      for (let row = rows[0]; row < rows[1]; row++) {
        const target = y[row]!;
        const size = scale?.[row] ?? Math.abs(target);
        const r = p === undefined ? 0 : (p[row]! - target) / size / this.#far;
        sums.add(row, target, ((rowWeights?.[row] ?? 1) * each) / Math.sqrt(1 + r * r) / (size * size));
      }
    }
    if (p !== undefined) this.#addBounds(sums, p);
    return boundedQuadratic(sums.matrix(), sums.slopes, this.#columns.length, this.#lower, this.#upper);
  }

  #addBounds(sums: EquationSums, p: Float64Array): void {
    const { floor } = this.#group;
    if (floor === undefined) return;
    const { grid, floorUs, pairs, riseUs } = floor;
    const each = BOUNDS / (floorUs.length + riseUs.length);
    const ceiling = ceilingUs(floorUs);
    for (const [at, least] of floorUs.entries()) {
      const row = grid[0] + at;
      const most = ceiling[at]!;
      if (p[row]! < least) sums.add(row, least, each / (least * least));
      else if (p[row]! > most) sums.add(row, most, each / (most * most));
    }
    for (const [at, least] of riseUs.entries()) {
      const row = pairs[0] + 2 * at;
      if (p[row + 1]! - p[row]! < least) sums.addRise(row, least, each / (least * least));
    }
  }

  #predict(coefficients: Float64Array, p: Float64Array): void {
    const [start, end] = this.#group.rows;
    p.set(this.#base.subarray(start, end), start);
    for (const [k, column] of this.#columns.entries()) {
      const by = coefficients[k]!;
      for (let row = start; row < end; row++) p[row]! += by * column[row]!;
    }
  }
}

/** Sums of the normal equations of `Σ w·(base + Σ c·slope − target)²`, c = 0 being where the slopes are taken. */
class EquationSums {
  readonly slopes: Float64Array;
  readonly #upper: Float64Array;
  readonly #base: Float64Array;
  readonly #columns: readonly Float64Array[];
  readonly #row: Float64Array;

  constructor(base: Float64Array, columns: readonly Float64Array[]) {
    const n = columns.length;
    this.slopes = new Float64Array(n);
    this.#upper = new Float64Array(n * n);
    this.#row = new Float64Array(n);
    this.#base = base;
    this.#columns = columns;
  }

  add(row: number, target: number, weight: number): void {
    for (let k = 0; k < this.#row.length; k++) this.#row[k] = this.#columns[k]![row]!;
    this.#accumulate(this.#base[row]! - target, weight);
  }

  /** The rise from a row to the next one. */
  addRise(row: number, target: number, weight: number): void {
    for (let k = 0; k < this.#row.length; k++) this.#row[k] = this.#columns[k]![row + 1]! - this.#columns[k]![row]!;
    this.#accumulate(this.#base[row + 1]! - this.#base[row]! - target, weight);
  }

  #accumulate(residual: number, weight: number): void {
    const n = this.#row.length;
    for (let i = 0; i < n; i++) {
      const weighted = weight * this.#row[i]!;
      this.slopes[i]! += weighted * residual;
      for (let j = i; j < n; j++) this.#upper[i * n + j]! += weighted * this.#row[j]!;
    }
  }

  matrix(): Float64Array {
    const n = this.#row.length;
    const both = this.#upper.slice();
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) both[i * n + j] = both[j * n + i]!;
    return both;
  }
}
