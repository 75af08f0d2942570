import type { RegressionTable } from '../data/index.ts';
import type { RowRange } from '../numeric/index.ts';
import type { RequestRows } from '../physics/index.ts';
import type { FeatureTable } from '../program/index.ts';
import type { ObservedPart } from './observed-part.ts';

/** Rows of one experiment, contiguous and ascending in time. */
export interface Part {
  readonly experiment: number;
  readonly rows: RowRange;
  /** Share of the experiment in its group's loss; the shares of a row set sum to 1. */
  readonly share: number;
  /** Sums that were measured over these rows, where single steps were not; such parts come first in a row set. */
  readonly observed?: ObservedPart;
}

/** Rows of batches that nobody measured, which physics bounds. */
export interface FloorRows {
  /** One for each batch of the grids. */
  readonly grid: RowRange;
  /** Least time of each of them, µs. */
  readonly floorUs: Float64Array;
  /**
   * Pairs of rows, one after the other: two batches of one size, the second of which holds more context. Reading it takes the
   * difference of their floors at least, and nothing can hide that: both read the same weights first.
   */
  readonly pairs: RowRange;
  /** Least time from the first to the second of each pair, µs. */
  readonly riseUs: Float64Array;
}

/** Contiguous rows of one group, part after part. */
export interface RowSet {
  readonly rows: RowRange;
  readonly parts: readonly Part[];
  /** Rows at its end that were not measured, but that physics bounds. */
  readonly floor?: FloorRows;
}

/** Rows one after another. A sandbox copies the feature columns; these here nobody changes. */
export interface LaidRows {
  readonly rowCount: number;
  readonly features: FeatureTable;
  readonly columns: readonly Float64Array[];
  /** NaN for rows that were not measured. */
  readonly y: Float64Array;
  /** As in the table; NaN for rows that were not measured. */
  readonly scale?: Float64Array;
  readonly rowWeights?: Float64Array;
  readonly weights: { readonly e2e: Float64Array; readonly ttft: Float64Array; readonly itl: Float64Array };
  /** How many equal steps each row stands for; 1 where absent. */
  readonly steps?: Float64Array;
  /** Lays out a column that is none of the features': that of a reduction, which no row has until a program asks for it. */
  readonly layOut: (derived: DerivedColumn) => Float64Array;
}

/** A column over the rows of the table, and what becomes of it in rows that are in no table. */
export interface DerivedColumn {
  readonly column: Float64Array;
  readonly range: readonly [number, number];
  /** Its values in some rows if batch and requests were as much larger as those of `raiseTokens`. */
  readonly grown: (rows: readonly number[]) => Float64Array;
  /** Its values in batches of other requests. */
  readonly ofRequests: (requests: RequestRows) => Float64Array;
}

/** Contiguous rows from one place. */
interface Piece {
  readonly start: number;
  /** Rows of the table, or columns of rows that are in no table. */
  readonly source: readonly number[] | readonly Float64Array[];
  /** Whether the rows keep their targets and weights. */
  readonly isMeasured: boolean;
  /** Values of a derived column in rows that are in no table. */
  readonly derive?: (derived: DerivedColumn) => Float64Array;
}

/** Notes which rows follow each other, and copies each column once when their number is known. */
export class RowWriter {
  readonly #table: RegressionTable;
  readonly #pieces: Piece[] = [];
  #rowCount = 0;

  constructor(table: RegressionTable) {
    this.#table = table;
  }

  /** Measured rows of each experiment, in order. Experiments without rows take no part. */
  rowSet(experiments: readonly number[], rowsOfExperiment: (experiment: number) => readonly number[]): RowSet {
    const start = this.#rowCount;
    const ranges: { experiment: number; rows: RowRange; weight: number }[] = [];
    for (const experiment of experiments) {
      const rows = rowsOfExperiment(experiment);
      if (rows.length === 0) continue;
      const weight = this.#table.experiments[experiment]?.weight ?? 1;
      ranges.push({ experiment, rows: this.#append(rows, rows.length, true), weight });
    }
    const total = ranges.reduce((sum, range) => sum + range.weight, 0);
    return {
      rows: [start, this.#rowCount],
      parts: ranges.map(({ experiment, rows, weight }) => ({ experiment, rows, share: weight / total })),
    };
  }

  /** The features of measured rows, without what was measured. */
  copies(rows: readonly number[]): RowRange {
    return this.#append(rows, rows.length, false);
  }

  /** Rows that were not measured, given by their feature columns and by what gives them other ones. */
  invented(columns: readonly Float64Array[], derive: NonNullable<Piece['derive']>): RowRange {
    return this.#append(columns, columns[0]?.length ?? 0, false, derive);
  }

  #append(source: Piece['source'], count: number, isMeasured: boolean, derive?: Piece['derive']): RowRange {
    const start = this.#rowCount;
    if (count > 0) this.#pieces.push({ start, source, isMeasured, ...(derive && { derive }) });
    this.#rowCount += count;
    return [start, this.#rowCount];
  }

  finish(): LaidRows {
    const { features, columns, y, scale, rowWeights, weights, steps } = this.#table;
    const measured = this.#pieces.filter(({ isMeasured }) => isMeasured);
    const gather = (source: Float64Array): Float64Array => {
      const column = new Float64Array(this.#rowCount).fill(Number.NaN);
      for (const piece of measured) copyRows(piece, source, column);
      return column;
    };
    const [rowCount, pieces] = [this.#rowCount, this.#pieces];
    return {
      rowCount,
      features,
      layOut: (derived) => {
        const column = new Float64Array(rowCount);
        for (const piece of pieces) {
          if (piece.derive === undefined) copyRows(piece, derived.column, column);
          else column.set(piece.derive(derived), piece.start);
        }
        return column;
      },
      columns: columns.map((source, k) => {
        const column = new Float64Array(this.#rowCount);
        for (const piece of this.#pieces) {
          const given = piece.source[k];
          if (given instanceof Float64Array) column.set(given, piece.start);
          else copyRows(piece, source, column);
        }
        return column;
      }),
      y: gather(y),
      ...(scale !== undefined && { scale: gather(scale) }),
      ...(rowWeights !== undefined && { rowWeights: gather(rowWeights) }),
      weights: { e2e: gather(weights.e2e), ttft: gather(weights.ttft), itl: gather(weights.itl) },
      ...(steps !== undefined && { steps: gather(steps) }),
    };
  }
}

function copyRows({ start, source }: Piece, from: Float64Array, to: Float64Array): void {
  for (const [i, row] of source.entries()) to[start + i] = from[row as number] as number;
}
