import type { ConstantSpec } from '../../program/index.ts';
import { floorFigures, joinFloors } from '../floor-figures.ts';
import type { Layout } from '../layout.ts';
import { objectiveError, objectiveMetrics } from '../objectives.ts';
import { scaledMae, scaledRmse } from '../scaled-errors.ts';
import type { ReductionColumns } from '../reductions.ts';
import type { Draft, DraftScore, GroupStarts, ObjectiveName } from '../types.ts';
import { affineColumns, type AffineColumns } from './affine.ts';
import { ColumnStore, type Values } from './column-store.ts';
import { draftRows, type DraftRows } from './draft-rows.ts';
import { type FitRule, GroupFit } from './group-fit.ts';

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
  readonly #rule: FitRule;

  constructor(table: DraftTable) {
    this.#table = table;
    this.#rule = {
      // Of a server no constant that enters linearly is negative; of a table nobody knows.
      isNonNegative: table.layout.features.target === undefined,
      isRobust: table.objective !== 'mse',
    };
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
      const fit = new GroupFit(this.#rows, group, start, columns, this.#rule);
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
