import { UserError } from '../base/index.ts';
import type { ColumnTable, RowSetColumns } from './types.ts';
import { POOL_ADDRESS, POOL_BYTES } from './wasm/index.ts';

/** Bytes from the start of a WebAssembly memory. */
export type Address = number;

/** Rows that a pass takes at a time: with its scratch columns, a block stays in the first-level cache. */
export const BLOCK_ROWS = 256;
/** Kernels work on pairs of rows, so columns are readable and writable beyond their last one. */
const SPARE_ROWS = 2;
const PAGE = 65_536;
const MOST_PAGES = 65_536;
/** Passes that share the walk over the rows, at most. */
export const LANES = 100;
/** Kernels that can be compiled at a time. */
export const KERNEL_SLOTS = 512;
/** Offsets of the loss's parameters from `settings`: its scale δ, its factor, and 1 or 0 for the shortfall penalty. */
export const SETTINGS = { delta: 0, scale: 8, penalty: 16 } as const;
/** Columns of a row set: inverse targets, row weights, residuals and weights of the shortfall penalty, bias weights. */
const ROW_SET_COLUMNS = 5;

export interface RowSetAddresses {
  /** The row set's columns, `stride` bytes apart, with zeros beyond the last row. */
  readonly columns: Address;
  readonly stride: number;
  /** First row and end of each time block, 32-bit words. */
  readonly ranges: Address;
}

/** Where everything lies in the memory that a sandbox shares with this process. */
export interface MemoryMap {
  readonly pages: number;
  readonly settings: Address;
  /** Of each lane the kernel's entry, a 32-bit word, and its constant vector. */
  readonly kernels: Address;
  readonly constants: Address;
  readonly constantStride: number;
  /** What passes give, of each lane: partial sums, see `sumCount`, and sums over time blocks. */
  readonly sums: Address;
  readonly sumsStride: number;
  readonly blockSums: Address;
  readonly blockSumsStride: number;
  readonly maxRoots: number;
  /** Predictions and derivatives of a block, column after column. */
  readonly scratch: Address;
  scratchColumn(k: number): Address;
  readonly scratchStride: number;
  readonly weights: Address;
  readonly pulls: Address;
  /** Derivatives of a block times the rows' weights. */
  weightedColumn(j: number): Address;
  readonly features: ReadonlyMap<string, Address>;
  /** Columns that are lent, see `Sandbox.lend`. */
  readonly spare: readonly Address[];
  /** Whole output columns, one for each root. */
  readonly outputs: Address;
  /** Bytes from one row-indexed column to the next. */
  readonly stride: number;
  readonly rowSets: ReadonlyMap<RowSetColumns, RowSetAddresses>;
}

/**
 * Number of a lane's sums for n derivatives, a pair of partial sums each: the loss, JᵀWJ row by row up to the diagonal, JᵀWr.
 */
export function sumCount(n: number): number {
  return 1 + (n * (n + 1)) / 2 + n;
}

/** Size of the memory that a sandbox has, in bytes. Throws a UserError where the rows do not fit into one. */
export function sandboxBytes(table: ColumnTable, rowSets: readonly RowSetColumns[], maxRoots: number): number {
  return PAGE * mapMemory(table, rowSets, maxRoots).pages;
}

/** @param maxRoots of a kernel: the value and a derivative for each constant */
export function mapMemory(table: ColumnTable, rowSets: readonly RowSetColumns[], maxRoots: number): MemoryMap {
  let next = POOL_ADDRESS + POOL_BYTES;
  const take = (bytes: number): Address => {
    const address = next;
    next += 64 * Math.ceil(bytes / 64);
    return address;
  };
  const scratchStride = 8 * (BLOCK_ROWS + SPARE_ROWS);
  // A multiple of 64, so that all columns begin with a line of the cache.
  const stride = 64 * Math.ceil((table.rowCount + SPARE_ROWS) / 8);
  const settings = take(64);
  const kernels = take(4 * LANES);
  const constantStride = 8 * maxRoots;
  const constants = take(LANES * constantStride);
  const sumsStride = 16 * sumCount(maxRoots - 1);
  const sums = take(LANES * sumsStride);
  const blockSumsStride = 8 * maxRoots * Math.max(0, ...rowSets.map(({ blocks }) => blocks.length));
  const blockSums = take(LANES * blockSumsStride);
  const scratch = take(maxRoots * scratchStride);
  const weights = take(scratchStride);
  const pulls = take(scratchStride);
  const weighted = take((maxRoots - 1) * scratchStride);
  const features = take(stride * table.features.length);
  const spare = take(stride * (table.spareColumns ?? 0));
  const outputs = take(maxRoots * stride);
  const rowSetAddresses = new Map(
    rowSets.map((rowSet): [RowSetColumns, RowSetAddresses] => {
      const rowSetStride = 8 * (2 * Math.ceil(rowSet.length / 2) + SPARE_ROWS);
      const columns = take(ROW_SET_COLUMNS * rowSetStride);
      return [rowSet, { columns, stride: rowSetStride, ranges: take(8 * rowSet.blocks.length) }];
    }),
  );
  const pages = Math.ceil(next / PAGE);
  if (pages > MOST_PAGES) {
    throw new UserError({
      code: 'kernel.too-many-rows',
      problem: `${table.rowCount} rows with ${table.features.length} features do not fit into the 4 GiB of a WebAssembly memory`,
      mend: 'leave experiments out, or import fewer rows of each',
    });
  }
  return {
    pages,
    settings,
    kernels,
    constants,
    constantStride,
    sums,
    sumsStride,
    blockSums,
    blockSumsStride,
    maxRoots,
    scratch,
    scratchColumn: (k) => scratch + k * scratchStride,
    scratchStride,
    weights,
    pulls,
    weightedColumn: (j) => weighted + j * scratchStride,
    features: new Map(table.features.map(({ name }, k) => [name, features + k * stride])),
    spare: Array.from({ length: table.spareColumns ?? 0 }, (_, k) => spare + k * stride),
    outputs,
    stride,
    rowSets: rowSetAddresses,
  };
}
