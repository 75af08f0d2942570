import type { RowRange } from '../../numeric/index.ts';

/** A column of a table, and what programs call it. */
export interface TableColumn {
  /** As programs read it, `batch.<name>`. */
  readonly name: string;
  /** As its header has it. */
  readonly header: string;
  /** Empty where it is not known. */
  readonly unit: string;
}

/** Rows of a table that share fitted constants under scope `model`. */
export interface TableGroup {
  /** The cell that they have in common; `all` where the table has no column of groups. */
  readonly id: string;
  readonly rows: { readonly train: RowRange; readonly valid: RowRange; readonly test: RowRange };
}

/** How rows come to their splits: in a random order of their own group's, or in that of the table. */
export const SPLIT_ORDERS = ['shuffled', 'temporal'] as const;
export type SplitOrder = (typeof SPLIT_ORDERS)[number];

/**
 * A table of plain rows: one column to predict, others to predict it from. Rows stand in the order of their groups, in each those that
 * train first, then those that validate, then those that test.
 */
export interface PlainTable {
  readonly target: TableColumn;
  readonly features: readonly TableColumn[];
  /** What it is of, in the words of whoever made it. */
  readonly description?: string;
  /** How rows came to their splits. */
  readonly order: SplitOrder;
  /** Rows of the source that are left out, as a cell of theirs is empty or no finite number. */
  readonly leftOut: number;
  readonly groups: readonly TableGroup[];
  /** In the order of `features`. */
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  /** What each row counts. */
  readonly weights?: Float64Array;
}
