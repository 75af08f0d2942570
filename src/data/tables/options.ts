import type { SplitOrder } from './plain-table.ts';

/** What a table's columns themselves do not say. Columns go by their headers. */
export interface PlainTableOptions {
  /** Columns to predict from; default: all others that hold numbers. */
  readonly features?: readonly string[] | undefined;
  /** By column, e.g. `m/s`; `1` for a pure number. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** A column that says what each row counts, 0 or more. */
  readonly weights?: string | undefined;
  /** A column whose rows of equal cells are one group: they have splits and, in scope `model`, constants of their own. */
  readonly group?: string | undefined;
  /** What the table is of. */
  readonly description?: string | undefined;
  /** How rows come to their splits; default `shuffled`. */
  readonly split?: SplitOrder | undefined;
  /** Of the shuffled order; default 0. */
  readonly seed?: number | undefined;
  /** Shares of rows that train and validate, the rest tests; default 0.6 and 0.2. */
  readonly shares?: { readonly train: number; readonly valid: number } | undefined;
  /** Told in one line of each thing that was left out or renamed. */
  readonly onNote?: ((line: string) => void) | undefined;
}
