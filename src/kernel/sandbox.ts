import type { RowRange } from '../numeric/index.ts';
import type { Graph } from '../program/index.ts';
import { printFitLibrary } from './fit-library.ts';
import { type HostName, SANDBOX_HOSTS, type SandboxHost, sandboxHost, type SandboxLimits } from './hosts/index.ts';
import {
  type Address,
  type RowSetAddresses,
  KERNEL_SLOTS,
  LANES,
  mapMemory,
  type MemoryMap,
  SETTINGS,
} from './memory-map.ts';
import { hasBlocks, hasSlopes, hopelessSums, type NormalSums, readSums } from './normal-sums.ts';
import type { ColumnTable, LentColumn, LossForm, RowSetColumns } from './types.ts';
import { CONSTANT_LIMIT, printWasm } from './wasm/index.ts';

/** A graph compiled inside a sandbox. */
export interface Kernel {
  readonly id: number;
  readonly roots: number;
}

/** A kernel and the constants for one pass of it. */
export interface Lane {
  readonly kernel: Kernel;
  readonly constants: Float64Array;
}

/** A comparison's difference and its slope. */
const MIN_ROOTS = 2;

/**
 * Kernels, and one WebAssembly memory that their host and this process share: columns, constants, outputs and sums lie there,
 * so a call passes a few numbers and copies nothing.
 */
export class Sandbox {
  readonly #host: SandboxHost;
  readonly #map: MemoryMap;
  readonly #doubles: Float64Array;
  readonly #words: Int32Array;
  readonly #rowCount: number;
  readonly #libraries = new Set<number>();
  /** Columns by name: those of the table, and those that are lent. */
  #features: ReadonlyMap<string, Address>;
  #nonNegative: ReadonlySet<string>;
  readonly #ownNonNegative: ReadonlySet<string>;
  readonly #slots: boolean[] = Array.from({ length: KERNEL_SLOTS }, () => false);
  /** One column for each root, indexed by row; every `run` writes to the same ones. */
  readonly outputs: readonly Float64Array[];

  /**
   * @param rowSets that passes will be over
   * @param maxRoots that a kernel may have
   * @param host where kernels run
   * @throws what the host throws where memory runs out; so do `compile`, `run` and `passes`. An isolate's also throw on time-out.
   */
  constructor(
    table: ColumnTable,
    rowSets: readonly RowSetColumns[],
    maxRoots: number,
    limits: SandboxLimits,
    host: HostName = sandboxHost(),
  ) {
    const map = mapMemory(table, rowSets, Math.max(maxRoots, MIN_ROOTS));
    this.#map = map;
    this.#features = map.features;
    this.#ownNonNegative = new Set(table.features.flatMap(({ name, range }) => (range[0] >= 0 ? [name] : [])));
    this.#nonNegative = this.#ownNonNegative;
    this.#host = SANDBOX_HOSTS[host]({ pages: map.pages, slots: KERNEL_SLOTS }, limits);
    const { memory } = this.#host;
    this.#doubles = new Float64Array(memory);
    this.#words = new Int32Array(memory);
    this.#rowCount = table.rowCount;
    for (const [k, { name }] of table.features.entries()) {
      this.#doubles.set(table.columns[k] as Float64Array, (map.features.get(name) as Address) / 8);
    }
    for (const [data, addresses] of map.rowSets) this.#copyRowSet(data, addresses);
    this.outputs = Array.from(
      { length: map.maxRoots },
      (_, k) => new Float64Array(memory, map.outputs + k * map.stride, table.rowCount),
    );
  }

  /** A feature's column as kernels see it. */
  column(feature: string): Float64Array {
    const address = this.#features.get(feature);
    if (address === undefined) throw new RangeError(`the sandbox has no column ${feature}`);
    return new Float64Array(this.#host.memory, address, this.#rowCount);
  }

  /**
   * Puts columns into the spare ones, in place of those that were lent before: kernels that read those must not run again.
   *
   * @throws RangeError where there are not so many spare ones.
   */
  lend(columns: readonly LentColumn[]): void {
    const { spare, features } = this.#map;
    if (columns.length > spare.length) throw new RangeError(`the sandbox has ${spare.length} spare columns`);
    for (const [k, { column }] of columns.entries()) this.#doubles.set(column, (spare[k] as Address) / 8);
    this.#features = new Map([...features, ...columns.map(({ name }, k) => [name, spare[k] as Address] as const)]);
    const nonNegative = columns.flatMap(({ name, range }) => (range[0] >= 0 ? [name] : []));
    this.#nonNegative = new Set([...this.#ownNonNegative, ...nonNegative]);
  }

  /** Compiles graphs as one module; each kernel takes its constants in the order of the names. */
  compile(graphs: readonly Graph[], constantNames: readonly string[]): readonly Kernel[] {
    const { pages } = this.#map;
    const first = this.#slots.findIndex((_, k) => this.#slots.slice(k, k + graphs.length).every((taken) => !taken));
    if (first < 0 || first + graphs.length > KERNEL_SLOTS)
      throw new RangeError('the sandbox has no room for more kernels');
    const bytes = printWasm(graphs, {
      pages,
      features: this.#features,
      nonNegative: this.#nonNegative,
      constantNames,
      tableSize: KERNEL_SLOTS,
      firstEntry: first,
    });
    this.#host.compile(bytes);
    this.#slots.fill(true, first, first + graphs.length);
    return graphs.map((graph, k) => ({ id: first + k, roots: graph.roots.length }));
  }

  /** Lets go of kernels of one `compile`. */
  forget(kernels: readonly Kernel[]): void {
    const [first] = kernels;
    if (first === undefined || this.#host.isDisposed) return;
    this.#host.forget(first.id, kernels.length);
    this.#slots.fill(false, first.id, first.id + kernels.length);
  }

  /** Writes every root's value for the rows to its output column. */
  run(kernel: Kernel, constants: Float64Array, [start, end]: RowRange): void {
    if (end <= start) return;
    if (!isAdmissible(constants)) {
      for (const output of this.outputs) output.fill(Number.NaN, start, end);
      return;
    }
    this.#setLane(0, kernel, constants);
    this.#ensureLibrary(0);
    this.#host.run(kernel.id, 8 * start, 8 * end);
  }

  /**
   * Passes over a row set that share the walk over its rows: of each lane the loss of its kernel's first root, with the sums for
   * its other roots, its derivatives. The derivatives of a row are never stored beyond its block. A derivative that is not finite
   * counts as 0: the loss decides about such a point. All kernels have the same number of roots.
   */
  passes(lanes: readonly Lane[], data: RowSetColumns, form: LossForm): readonly NormalSums[] {
    const results: NormalSums[] = [];
    for (let first = 0; first < lanes.length; first += LANES) {
      results.push(...this.#passAll(lanes.slice(first, first + LANES), data, form));
    }
    return results;
  }

  #passAll(lanes: readonly Lane[], data: RowSetColumns, form: LossForm): readonly NormalSums[] {
    const n = (lanes[0]?.kernel.roots ?? 1) - 1;
    const results = lanes.map(() => hopelessSums(n));
    const admissible = lanes.flatMap(({ constants }, i) => (isAdmissible(constants) ? [i] : []));
    const pass = (wanted: readonly number[], clean: boolean): void => {
      const chosen = wanted.map((i) => lanes[i] as Lane);
      const sums = this.#sums(chosen, data, form, n, clean);
      for (const [k, i] of wanted.entries()) results[i] = sums[k] as NormalSums;
    };
    pass(admissible, false);
    pass(
      // Where the loss is no number, nobody asks for its slopes.
      admissible.filter((i) => Number.isFinite(results[i]?.cost) && !hasSlopes(results[i] as NormalSums)),
      true,
    );
    return results;
  }

  #sums(lanes: readonly Lane[], data: RowSetColumns, form: LossForm, n: number, clean: boolean): readonly NormalSums[] {
    if (lanes.length === 0) return [];
    const rowSet = this.#map.rowSets.get(data);
    if (rowSet === undefined) throw new RangeError('a pass needs a rowSet that the sandbox was made with');
    this.#setForm(form);
    for (const [lane, { kernel, constants }] of lanes.entries()) this.#setLane(lane, kernel, constants);
    this.#ensureLibrary(n);
    const blocks = hasBlocks(data, form) ? data.blocks.length : 0;
    const isQuadratic = form.robust.delta === Number.POSITIVE_INFINITY;
    if (isQuadratic && form.penalty) throw new RangeError('the quadratic loss has no penalty');
    const { columns, stride, ranges } = rowSet;
    this.#host.passes(
      n,
      lanes.length,
      8 * data.start,
      data.length,
      columns,
      stride,
      ranges,
      blocks,
      clean ? 1 : 0,
      isQuadratic ? 1 : 0,
    );
    return lanes.map((_, lane) => readSums(this.#doubles, this.#map, lane, n, data, form));
  }

  dispose(): void {
    this.#host.dispose();
  }

  #setLane(lane: number, kernel: Kernel, constants: Float64Array): void {
    const { kernels, constants: first, constantStride } = this.#map;
    this.#words[kernels / 4 + lane] = kernel.id;
    this.#doubles.set(constants, (first + lane * constantStride) / 8);
  }

  #setForm({ robust, penalty }: LossForm): void {
    const at = this.#map.settings / 8;
    this.#doubles[at + SETTINGS.delta / 8] = robust.delta;
    this.#doubles[at + SETTINGS.scale / 8] = robust.scale;
    this.#doubles[at + SETTINGS.penalty / 8] = penalty ? 1 : 0;
  }

  #ensureLibrary(n: number): void {
    if (this.#libraries.has(n)) return;
    this.#host.library(n, printFitLibrary(this.#map, n));
    this.#libraries.add(n);
  }

  #copyRowSet(data: RowSetColumns, { columns, stride, ranges }: RowSetAddresses): void {
    const sources = [data.inverseY, data.rowWeights, data.penaltyResiduals, data.penaltyWeights, data.biasWeights];
    for (const [k, source] of sources.entries()) this.#doubles.set(source, (columns + k * stride) / 8);
    this.#words.set(
      data.blocks.flatMap((block) => [block.start, block.end]),
      ranges / 4,
    );
  }
}

/** Kernels take no other constants; no program that can win has them. */
function isAdmissible(constants: Float64Array): boolean {
  return constants.every((value) => Math.abs(value) <= CONSTANT_LIMIT);
}
