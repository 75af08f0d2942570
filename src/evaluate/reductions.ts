import { reductionOfTable, type RegressionTable, type TableReduction, withReductionColumns } from '../data/index.ts';
import type { LentColumn } from '../kernel/index.ts';
import { gatherRequests, reductionColumn, type RequestRows } from '../physics/index.ts';
import { MOST_REDUCTIONS, type Program, type Reduction, reductionsOf } from '../program/index.ts';
import type { Layout } from './layout.ts';
import { GROWTH } from './probes.ts';

/** Reductions whose columns are kept: a search asks for the same few again and again. */
const KEPT = 16;

interface LaidReduction extends TableReduction {
  /** Over the rows of the layout. */
  readonly laid: Float64Array;
}

/** The columns of reductions over requests that programs read: made when one asks, kept for the next. */
export class ReductionColumns {
  readonly #table: RegressionTable;
  readonly #layout: Layout;
  /** By name, the one that was asked for last at the end. */
  readonly #kept = new Map<string, LaidReduction | undefined>();

  constructor(table: RegressionTable, layout: Layout) {
    this.#table = table;
    this.#layout = layout;
  }

  /** Spare columns that a sandbox needs. */
  get most(): number {
    return this.#table.requests === undefined ? 0 : MOST_REDUCTIONS;
  }

  /** Bytes of the columns that are kept, at most. */
  get bytes(): number {
    return this.#table.requests === undefined ? 0 : 8 * KEPT * (this.#table.y.length + this.#layout.rowCount);
  }

  /** The table with the columns of the program's reductions. */
  tableFor({ graph }: Program): RegressionTable {
    return withReductionColumns(this.#table, graph, (reduction) => this.#find(reduction));
  }

  /** The layout with the same. */
  layoutFor(program: Program): Layout {
    const lent = this.lentTo(program);
    if (lent.length === 0) return this.#layout;
    const { features, columns } = this.#layout;
    const infos = this.tableFor(program).features.slice(features.length);
    return {
      ...this.#layout,
      features: [...features, ...infos],
      columns: [...columns, ...lent.map(({ column }) => column)],
    };
  }

  /** What a sandbox needs beside the columns of the layout. */
  lentTo({ graph }: Program): readonly LentColumn[] {
    return reductionsOf(graph).flatMap((reduction) => {
      const found = this.#find(reduction);
      return found === undefined ? [] : [{ name: reduction.name, range: found.info.range, column: found.laid }];
    });
  }

  /** A reduction of the program that has no finite value in some row; validation rows take no part. */
  notFinite(program: Program): string | undefined {
    const ranges = this.#layout.groups.flatMap(({ train, probes, base, raised }) => [train.rows, probes, base, raised]);
    const isFinite = ({ column }: LentColumn): boolean =>
      ranges.every((range) => column.subarray(...range).every(Number.isFinite));
    return this.lentTo(program).find((lent) => !isFinite(lent))?.name;
  }

  #find(reduction: Reduction): LaidReduction | undefined {
    const { name } = reduction;
    const found = this.#kept.has(name) ? this.#kept.get(name) : this.#make(reduction);
    this.#kept.delete(name);
    this.#kept.set(name, found);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return found;
  }

  #make(reduction: Reduction): LaidReduction | undefined {
    const { requests } = this.#table;
    const found = reductionOfTable(this.#table, reduction);
    if (found === undefined || requests === undefined) return undefined;
    const { column, info } = found;
    // Each request is larger; what does not see it counts requests, and there are more of them.
    const factor = info.unit === 'requests' ? GROWTH : 1;
    const grown = (rows: readonly number[]): Float64Array =>
      reductionColumn(reduction, gatherRequests(requests, rows), GROWTH).map((value) => factor * value);
    const ofRequests = (of: RequestRows): Float64Array => reductionColumn(reduction, of);
    return { ...found, laid: this.#layout.layOut({ column, range: info.range, grown, ofRequests }) };
  }
}
