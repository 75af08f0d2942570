import type { RobustLoss } from '../numeric/index.ts';

/** The columns that kernels read. Kernels never write to them. */
export interface ColumnTable {
  readonly rowCount: number;
  /** Of each column its name and between which values its entries lie. */
  readonly features: readonly { readonly name: string; readonly range: readonly [number, number] }[];
  /** In the order of `features`, each with `rowCount` entries. */
  readonly columns: readonly Float64Array[];
  /** Columns that have no name yet: those that a program needs are lent to a sandbox before it runs there. */
  readonly spareColumns?: number;
}

/** A column that takes the place of a spare one. */
export interface LentColumn {
  readonly name: string;
  readonly range: readonly [number, number];
  readonly column: Float64Array;
}

/** Rows whose sum is compared with the observed one. */
export interface Block {
  /** Offsets into the row set. */
  readonly start: number;
  readonly end: number;
  /** Share of the block in the loss, before the bias weight. */
  readonly share: number;
  /**
   * Where the sum is one that must be the observed one at least, or at most: only then it costs, whatever the bias weight is, and as
   * long as the penalty acts.
   */
  readonly bound?: 'least' | 'most';
}

/** What a pass needs of a row set, which is a range of rows: arrays are indexed by offset into the row set. */
export interface RowSetColumns {
  readonly start: number;
  readonly length: number;
  readonly inverseY: Float64Array;
  /** Weight of the row's loss. */
  readonly rowWeights: Float64Array;
  /** Relative residual below which the shortfall penalty acts, and the weight of its square. */
  readonly penaltyResiduals: Float64Array;
  readonly penaltyWeights: Float64Array;
  /** Weight of the row in the relative bias of its block. */
  readonly biasWeights: Float64Array;
  readonly blocks: readonly Block[];
}

/** The loss that a pass sums up. */
export interface LossForm {
  /** Applied to the relative residual (p − y)/y. */
  readonly robust: RobustLoss;
  /** Weight of the squared relative bias of sums over blocks of time. */
  readonly biasWeight: number;
  /** Whether the shortfall penalty acts; not with the quadratic loss. */
  readonly penalty: boolean;
}
