import { boundedQuadratic } from '../../numeric/index.ts';
import { ceilingUs } from '../../physics/index.ts';
import type { DraftGroup, DraftRows } from './draft-rows.ts';

/** Relative residuals far above count by their size, not their square: as in the loss of a full fit. */
const ROBUST = 0.1;
/** Weight of all bounds of physics beside the measured rows, as in a full fit. */
const BOUNDS = 1;

/** What a linear fit goes by. */
export interface FitRule {
  /** Whether all its constants are 0 or more. */
  readonly isNonNegative: boolean;
  /** Whether far residuals count by their size. */
  readonly isRobust: boolean;
}

/** The linear fit of one group. */
export class GroupFit {
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
    { isNonNegative, isRobust }: FitRule,
  ) {
    this.#rows = rows;
    this.#far = isRobust ? ROBUST : Number.POSITIVE_INFINITY;
    this.#group = group;
    this.#base = base;
    this.#columns = columns;
    this.#lower = new Float64Array(columns.length).fill(isNonNegative ? 0 : Number.NEGATIVE_INFINITY);
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
