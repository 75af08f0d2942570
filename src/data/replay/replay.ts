import type { RequestRows, StepColumns } from '../../physics/index.ts';
import type { ClientOverheads } from '../clients/overheads.ts';

/**
 * The batches that an engine must have made of a load, found by replaying it or windows of it. Rows are in order of time, rank by rank
 * unless the ranks go in lock-step; `steps` holds a record for each, as an engine would have logged it.
 */
export interface Replay {
  /** `durationUs` is the time of one step by the reference that the load was replayed with. */
  readonly steps: StepColumns;
  /** Equal steps in a row that each row stands for. */
  readonly counts: Float64Array;
  /** The requests of each row; of equal steps with their mean context. Absent where nobody asked for them. */
  readonly requests?: RequestRows;
  /**
   * Rows of each request, of the log or drawn: the one in which it arrived, those that gave its first and its last token; −1 for none,
   * as of requests outside of the windows.
   */
  readonly arrivalRow: Int32Array;
  readonly firstTokenRow: Int32Array;
  readonly lastTokenRow: Int32Array;
  /** Steps of the arrival row that were still to come when the request arrived. */
  readonly arrivalHead: Float64Array;
  /** What clients saw beyond steps. */
  readonly overheads: ClientOverheads;
}
