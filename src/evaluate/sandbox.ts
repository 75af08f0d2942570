import ivm from 'isolated-vm';
import type { RowRange } from '../data/index.ts';
import { CONSTANT_LIMIT, type Graph, printWasm } from '../program/index.ts';
import { gradientEntry, matrixEntry, printFitLibrary } from './fit-library.ts';
import type { Layout } from './layout.ts';
import type { FoldData, LossShape } from './loss.ts';
import {
  type Address,
  type FoldAddresses,
  KERNEL_SLOTS,
  mapMemory,
  type MemoryMap,
  SETTINGS,
  SPARE_ROWS,
} from './memory-map.ts';

export interface SandboxLimits {
  /** Heap of the isolate; the columns do not count. */
  readonly memoryMb: number;
  /** Of one call into the isolate. */
  readonly timeoutMs: number;
}

/** A graph compiled inside a sandbox. */
export interface Kernel {
  readonly id: number;
  readonly roots: number;
}

/** What a pass over a fold gives: the loss and, for the kernel's derivatives, its gradient and Gauss–Newton curvature. */
export interface NormalSums {
  readonly cost: number;
  readonly jtj: Float64Array;
  readonly jtr: Float64Array;
}

/** isolated-vm's own minimum. */
const MIN_MEMORY_MB = 8;
/** A comparison's difference and its slope. */
const MIN_ROOTS = 2;

/**
 * What runs in the isolate: WebAssembly printed from checked graphs, WebAssembly printed from no program at all, and this
 * text, which links them.
 */
const DRIVER = `
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const kernels = new WebAssembly.Table({ initial: slots, maximum: slots, element: 'anyfunc' });
  const env = { memory, kernels, pow: (x, y) => x ** y };
  const link = (bytes) => new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)), { env }).exports;
  const libraries = [];
  return {
    buffer: memory.buffer,
    compile: (bytes) => { link(bytes); },
    library: (n, bytes) => { libraries[n] = link(bytes); },
    forget: (first, count) => { for (let k = 0; k < count; k++) kernels.set(first + k, null); },
    run: (n, ...call) => libraries[n].run(...call),
    batch: (...call) => libraries[0].batch(...call),
    pass: (n, a, b, c, d, e, f, g, h, i) => libraries[n].pass(a, b, c, d, e, f, g, h, i),
  };
`;
const CALLS = ['compile', 'library', 'forget', 'run', 'batch', 'pass'] as const;

/**
 * An isolate with one WebAssembly memory that this process sees too: columns, constants, outputs and sums are shared, so a call
 * passes a few numbers and copies nothing.
 */
export class Sandbox {
  readonly #isolate: ivm.Isolate;
  readonly #map: MemoryMap;
  readonly #calls: Readonly<Record<(typeof CALLS)[number], ivm.Reference>>;
  readonly #options: { readonly timeout: number };
  readonly #memory: SharedArrayBuffer;
  readonly #doubles: Float64Array;
  readonly #libraries = new Set<number>();
  readonly #nonNegative: ReadonlySet<string>;
  readonly #slots: boolean[] = Array.from({ length: KERNEL_SLOTS }, () => false);
  /** One column for each root, indexed by row; every `run` writes to the same ones. */
  readonly outputs: readonly Float64Array[];

  /**
   * @param folds that passes will be over
   * @param maxRoots that a kernel may have
   * Throws what isolated-vm throws where memory runs out; so do `compile`, `run` and `pass`, which also throw on time-out.
   */
  constructor(layout: Layout, folds: readonly FoldData[], maxRoots: number, limits: SandboxLimits) {
    const map = mapMemory(layout, folds, Math.max(maxRoots, MIN_ROOTS));
    this.#map = map;
    this.#nonNegative = new Set(layout.features.flatMap(({ name, range }) => (range[0] >= 0 ? [name] : [])));
    this.#options = { timeout: limits.timeoutMs };
    this.#isolate = new ivm.Isolate({ memoryLimit: Math.max(MIN_MEMORY_MB, limits.memoryMb) });
    const context = this.#isolate.createContextSync();
    const text = `const pages = ${map.pages}; const slots = ${KERNEL_SLOTS}; ${DRIVER}`;
    const driver: ivm.Reference = context.evalClosureSync(text, [], { result: { reference: true } });
    const members = CALLS.map((name) => [name, driver.getSync(name, { reference: true })]);
    this.#calls = Object.fromEntries(members);
    this.#memory = driver.getSync('buffer', { copy: true }) as SharedArrayBuffer;
    this.#doubles = new Float64Array(this.#memory);
    for (const [k, { name }] of layout.features.entries()) {
      this.#doubles.set(layout.columns[k] as Float64Array, (map.features.get(name) as Address) / 8);
    }
    for (const [data, addresses] of map.folds) this.#copyFold(data, addresses);
    this.outputs = Array.from(
      { length: map.maxRoots },
      (_, k) => new Float64Array(this.#memory, map.outputs + k * map.stride, layout.rowCount),
    );
  }

  /** A feature's column as kernels see it. */
  column(feature: string): Float64Array {
    const address = this.#map.features.get(feature);
    if (address === undefined) throw new RangeError(`the sandbox has no column ${feature}`);
    return new Float64Array(this.#memory, address, this.#map.stride / 8 - SPARE_ROWS);
  }

  /** Compiles graphs as one module; each kernel takes its constants in the order of the names. */
  compile(graphs: readonly Graph[], constantNames: readonly string[]): readonly Kernel[] {
    const { pages, features } = this.#map;
    const first = this.#slots.findIndex((_, k) => this.#slots.slice(k, k + graphs.length).every((taken) => !taken));
    if (first < 0 || first + graphs.length > KERNEL_SLOTS)
      throw new RangeError('the sandbox has no room for more kernels');
    const bytes = printWasm(graphs, {
      pages,
      features,
      nonNegative: this.#nonNegative,
      constantNames,
      tableSize: KERNEL_SLOTS,
      firstEntry: first,
    });
    this.#calls.compile.applySync(undefined, [share(bytes)], this.#options);
    this.#slots.fill(true, first, first + graphs.length);
    return graphs.map((graph, k) => ({ id: first + k, roots: graph.roots.length }));
  }

  /** Lets go of kernels of one `compile`. */
  forget(kernels: readonly Kernel[]): void {
    const [first] = kernels;
    if (first === undefined || this.#isolate.isDisposed) return;
    this.#calls.forget.applySync(undefined, [first.id, kernels.length], this.#options);
    this.#slots.fill(false, first.id, first.id + kernels.length);
  }

  /** Writes every root's value for the rows to its output column. */
  run(kernel: Kernel, constants: Float64Array, [start, end]: RowRange): void {
    if (end <= start) return;
    if (!isAdmissible(constants)) {
      for (const output of this.outputs) output.fill(Number.NaN, start, end);
      return;
    }
    this.#setConstants(constants);
    this.#ensureLibrary(0);
    this.#calls.run.applySync(undefined, [0, kernel.id, 8 * start, 8 * end], this.#options);
  }

  /**
   * The loss of a kernel's first root over a fold, with the sums for its other roots, its derivatives. The derivatives of a
   * row are never stored beyond its block. A derivative that is not finite counts as 0: the loss decides about such a point.
   */
  pass(kernel: Kernel, constants: Float64Array, data: FoldData, shape: LossShape): NormalSums {
    const n = kernel.roots - 1;
    if (!isAdmissible(constants)) {
      return { cost: Number.POSITIVE_INFINITY, jtj: new Float64Array(n * n), jtr: new Float64Array(n) };
    }
    this.#setConstants(constants);
    this.#setShape(shape);
    const sums = this.#sums(kernel, data, shape, n, false);
    if (isFinite(sums.jtj) && isFinite(sums.jtr)) return sums;
    return this.#sums(kernel, data, shape, n, true);
  }

  /**
   * The losses over a fold of up to `BATCH` kernels of one `compile`, each with its own constants, without the penalty on the
   * bias.
   */
  batch(
    kernels: readonly Kernel[],
    constants: readonly Float64Array[],
    data: FoldData,
    shape: LossShape,
  ): Float64Array {
    const [first] = kernels;
    const fold = this.#map.folds.get(data);
    if (fold === undefined) throw new RangeError('a batch needs a fold that the sandbox was made with');
    if (first === undefined) return new Float64Array(0);
    const { batchConstants, batchSums, constantStride } = this.#map;
    for (const [k, vector] of constants.entries()) this.#doubles.set(vector, (batchConstants + k * constantStride) / 8);
    this.#setShape(shape);
    this.#ensureLibrary(0);
    const call = [first.id, kernels.length, 8 * data.start, data.length, fold.columns, fold.stride];
    this.#calls.batch.applySync(undefined, call, this.#options);
    const at = batchSums / 8;
    return Float64Array.from(kernels, (_, k) => {
      return (this.#doubles[at + 2 * k] as number) + (this.#doubles[at + 2 * k + 1] as number);
    });
  }

  #sums(kernel: Kernel, data: FoldData, shape: LossShape, n: number, clean: boolean): NormalSums {
    const map = this.#map;
    const fold = map.folds.get(data);
    if (fold === undefined) throw new RangeError('a pass needs a fold that the sandbox was made with');
    this.#ensureLibrary(n);
    const blocks = shape.biasWeight > 0 ? data.blocks.length : 0;
    const { columns, stride, ranges, sums } = fold;
    this.#calls.pass.applySync(
      undefined,
      [n, kernel.id, 8 * data.start, data.length, columns, stride, ranges, blocks, sums, clean ? 1 : 0],
      this.#options,
    );
    const at = (address: Address): number => this.#doubles[address / 8] as number;
    const pair = (address: Address): number => at(address) + at(address + 8);
    const jtj = new Float64Array(n * n);
    const jtr = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      jtr[j] = pair(gradientEntry(map, n, j));
      for (let k = 0; k <= j; k++) jtj[j * n + k] = pair(matrixEntry(map, j, k));
    }
    let cost = pair(map.sums);
    for (let b = 0; b < blocks; b++) {
      const from = fold.sums / 8 + (n + 1) * b;
      const bias = (this.#doubles[from] as number) - 1;
      const weight = shape.biasWeight * (data.blocks[b]?.share ?? 0);
      cost += 0.5 * weight * bias ** 2;
      for (let j = 0; j < n; j++) {
        const slope = weight * (this.#doubles[from + 1 + j] as number);
        jtr[j] = (jtr[j] as number) + slope * bias;
        for (let k = 0; k <= j; k++) {
          jtj[j * n + k] = (jtj[j * n + k] as number) + slope * (this.#doubles[from + 1 + k] as number);
        }
      }
    }
    for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) jtj[k * n + j] = jtj[j * n + k] as number;
    return { cost, jtj, jtr };
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #setConstants(constants: Float64Array): void {
    this.#doubles.set(constants, this.#map.constants / 8);
  }

  #setShape({ robust, guard }: LossShape): void {
    const at = this.#map.settings / 8;
    this.#doubles[at + SETTINGS.delta / 8] = robust.delta;
    this.#doubles[at + SETTINGS.scale / 8] = robust.scale;
    this.#doubles[at + SETTINGS.guard / 8] = guard ? 1 : 0;
  }

  #ensureLibrary(n: number): void {
    if (this.#libraries.has(n)) return;
    const bytes = share(printFitLibrary(this.#map, n));
    this.#calls.library.applySync(undefined, [n, bytes], this.#options);
    this.#libraries.add(n);
  }

  #copyFold(data: FoldData, { columns, stride, ranges }: FoldAddresses): void {
    const sources = [data.inverseY, data.rowWeights, data.guardResiduals, data.guardWeights, data.biasWeights];
    for (const [k, source] of sources.entries()) this.#doubles.set(source, (columns + k * stride) / 8);
    const words = new Int32Array(this.#memory, ranges, 2 * data.blocks.length);
    words.set(data.blocks.flatMap((block) => [block.start, block.end]));
  }
}

/** Kernels take no other constants; no program that can win has them. */
function isAdmissible(constants: Float64Array): boolean {
  return constants.every((value) => Math.abs(value) <= CONSTANT_LIMIT);
}

/** Whether no entry is NaN or infinite. */
function isFinite(values: Float64Array): boolean {
  let zero = 0;
  for (const value of values) zero += value - value;
  return zero === 0;
}

function share(bytes: Uint8Array<ArrayBuffer>): unknown {
  return new ivm.ExternalCopy(bytes.buffer).copyInto({ release: true });
}
