import { z } from 'zod';
import { type PlainTable, SPLIT_ORDERS, type TableColumn } from './plain-table.ts';

/** What the document of a dataset says of its table; the rows are in the file beside it. */
export interface PlainTableEntry extends Omit<PlainTable, 'groups' | 'columns' | 'y' | 'weights'> {
  /** Whether rows have weights. */
  readonly weighted?: true;
  /** Rows of each split of each group. */
  readonly groups: readonly {
    /** The cell that they have in common; `all` where the table has no column of groups. */
    readonly id: string;
    /** Those that drive the search. */
    readonly train: number;
    /** Those that choose. */
    readonly valid: number;
    /** Those that judge. */
    readonly test: number;
  }[];
}

const count = z.number().int().nonnegative();

/** A column as a document has it. */
export const TABLE_COLUMN: z.ZodType<TableColumn> = z.strictObject({
  name: z.string().regex(/^[A-Za-z]\w*$/),
  header: z.string(),
  unit: z.string(),
});

export const PLAIN_TABLE: z.ZodType<PlainTableEntry> = z.strictObject({
  target: TABLE_COLUMN,
  features: z.array(TABLE_COLUMN).min(1),
  description: z.string().exactOptional(),
  order: z.enum(SPLIT_ORDERS),
  leftOut: count,
  weighted: z.literal(true).exactOptional(),
  groups: z.array(z.strictObject({ id: z.string(), train: count, valid: count, test: count })).min(1),
});
