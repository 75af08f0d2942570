import { KERNEL_SIGNATURE, wasm } from '../program/index.ts';
import { type Address, BLOCK_ROWS, KERNEL_SLOTS, type MemoryMap, SETTINGS } from './memory-map.ts';

const {
  add,
  and,
  choose,
  div,
  eq,
  F64,
  I32,
  int,
  load,
  loadOne,
  loadSplat,
  minus,
  mul,
  ne,
  plus,
  splat,
  sqrt,
  store,
  storeOne,
  sub,
  times,
  V128,
  VOID,
} = wasm;
type Bytes = readonly number[];

/**
 * Rows and columns of JᵀWJ that one walk over a block accumulates. All sums and factors must fit into the 15 registers that
 * the compiler has: a sum that it keeps in memory is ready for the next row only ten cycles later.
 */
const TILE = { rows: 2, columns: 4 } as const;
const ZERO = splat(0);

/**
 * The part of a fused least-squares pass that does not depend on the program, for n constants: from a block's predictions and
 * derivatives, which its kernel has written to the scratch columns, to sums. Exports, addresses in bytes:
 *
 * - `pass(kernel, start, rows, fold, stride, ranges, blocks, blockSums, clean)`; `start` is a row offset (8·row)
 * - `run(kernel, start, end)`, row offsets
 * - `batch(first, count, start, rows, fold, stride)`
 */
export function printFitLibrary(map: MemoryMap, n: number): Uint8Array<ArrayBuffer> {
  const functions = [
    lossFunction(map, n > 0),
    biasFunction(map, n),
    cleanFunction(map, n),
    weighFunction(map, n),
    normalFunction(map, n),
    passFunction(map, n),
    runFunction(map),
    batchFunction(map),
  ];
  return wasm.assembleModule({ functions, pages: map.pages, tableSize: KERNEL_SLOTS, signatures: [KERNEL_SIGNATURE] });
}

/** Places in the module; it imports no function. */
const INDEX = { loss: 0, bias: 1, clean: 2, weigh: 3, normal: 4 } as const;

/**
 * One pass over a fold, block by block: the kernel, the loss, the normal equations, and the sums of the time blocks that the
 * block overlaps.
 */
function passFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter(Array.from({ length: 9 }, () => I32));
  const params = Array.from({ length: 9 }, (_, k) => f.param(k));
  const [kernel, start, length, fold, stride, ranges, blocks, blockSums, clean] = params as [
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
    Bytes,
  ];
  f.emit(wasm.clear(int(map.sums), int(16 * sumCount(n))));
  f.emit(wasm.clear(blockSums, times(blocks, int(8 * (n + 1)))));
  const at = f.variable(I32);
  const block = f.variable(I32);
  f.emit(at.set(int(0)));
  f.emit(block.set(int(0)));
  const body = f.capture(() => {
    const size = f.let(wasm.least(int(BLOCK_ROWS), minus(length, at.get)), I32);
    const end = f.let(plus(at.get, size), I32);
    const offset = f.let(times(at.get, int(8)), I32);
    const bytes = f.let(times(size, int(8)), I32);
    const first = f.let(plus(start, offset), I32);
    const rows = f.let(plus(fold, offset), I32);
    const out = minus(int(map.scratch), first);
    f.emit(wasm.callIndirect(kernel, first, plus(first, bytes), int(map.constants), out, int(map.scratchStride)));
    f.emit(wasm.call(INDEX.loss, rows, stride, bytes, int(map.sums)));
    if (n > 0) {
      f.emit(wasm.when(clean, wasm.call(INDEX.clean, bytes)));
      f.emit(wasm.call(INDEX.weigh, bytes));
      f.emit(wasm.call(INDEX.normal, bytes));
    }
    const overlapping = f.capture(() => {
      f.emit(wasm.leaveIf(wasm.atLeast(block.get, blocks)));
      const entry = f.let(plus(ranges, times(block.get, int(8))), I32);
      const from = f.let(wasm.loadInt(entry), I32);
      const to = f.let(wasm.loadInt(entry, 4), I32);
      f.emit(wasm.leaveIf(wasm.atLeast(from, end)));
      const inner = minus(wasm.greatest(from, at.get), at.get);
      const outer = minus(wasm.least(to, end), at.get);
      const weights = plus(rows, times(stride, int(4)));
      const sums = plus(blockSums, times(block.get, int(8 * (n + 1))));
      f.emit(wasm.call(INDEX.bias, times(inner, int(8)), times(outer, int(8)), weights, sums));
      f.emit(wasm.leaveIf(wasm.below(end, to)));
      f.emit(block.set(plus(block.get, int(1))));
    });
    f.emit(wasm.forever(overlapping));
    f.emit(at.set(end));
  });
  f.emit(wasm.repeat(body, wasm.below(at.get, length)));
  return f.finish(VOID, 'pass');
}

/** Values of a kernel's roots for whole ranges of rows, in the output columns. */
function runFunction(map: MemoryMap): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32]);
  const [kernel, start, end] = [f.param(0), f.param(1), f.param(2)] as const;
  f.emit(wasm.callIndirect(kernel, start, end, int(map.constants), int(map.outputs), int(map.stride)));
  return f.finish(VOID, 'run');
}

/**
 * The losses of several kernels, each with its own constants, rows outermost: while a block's columns are in the cache, all
 * kernels use them.
 */
function batchFunction(map: MemoryMap): wasm.FunctionCode {
  const f = new wasm.FunctionWriter(Array.from({ length: 6 }, () => I32));
  const params = Array.from({ length: 6 }, (_, k) => f.param(k));
  const [first, count, start, length, fold, stride] = params as [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
  f.emit(wasm.clear(int(map.batchSums), times(count, int(16))));
  const at = f.variable(I32);
  const k = f.variable(I32);
  f.emit(at.set(int(0)));
  const body = f.capture(() => {
    const size = f.let(wasm.least(int(BLOCK_ROWS), minus(length, at.get)), I32);
    const offset = f.let(times(at.get, int(8)), I32);
    const bytes = f.let(times(size, int(8)), I32);
    const row = f.let(plus(start, offset), I32);
    const rows = f.let(plus(fold, offset), I32);
    const out = f.let(minus(int(map.scratch), row), I32);
    f.emit(k.set(int(0)));
    const one = f.capture(() => {
      const constants = plus(int(map.batchConstants), times(k.get, int(map.constantStride)));
      const kernel = plus(first, k.get);
      f.emit(wasm.callIndirect(kernel, row, plus(row, bytes), constants, out, int(map.scratchStride)));
      f.emit(wasm.call(INDEX.loss, rows, stride, bytes, plus(int(map.batchSums), times(k.get, int(16)))));
      f.emit(k.set(plus(k.get, int(1))));
    });
    f.emit(wasm.repeat(one, wasm.below(k.get, count)));
    f.emit(at.set(plus(at.get, size)));
  });
  f.emit(wasm.repeat(body, wasm.below(at.get, length)));
  return f.finish(VOID, 'batch');
}

/** Pairs of partial sums: the loss, JᵀWJ, JᵀWr. */
function sumCount(n: number): number {
  return 1 + (n * (n + 1)) / 2 + n;
}

/** Where JᵀJ's entry (j, k ≤ j), then JᵀWr's entry j, are accumulated: a pair of partial sums each. */
export function matrixEntry(map: MemoryMap, j: number, k: number): Address {
  return map.sums + 16 * (1 + (j * (j + 1)) / 2 + k);
}
export function gradientEntry(map: MemoryMap, n: number, j: number): Address {
  return map.sums + 16 * (1 + (n * (n + 1)) / 2 + j);
}

/** Row by row in pairs: `body` gets the offset of the pair. */
function forPairs(f: wasm.FunctionWriter, count: Bytes, body: (i: Bytes) => void): void {
  const i = f.variable(I32);
  f.emit(i.set(int(0)));
  const inner = f.capture(() => {
    body(i.get);
    f.emit(i.set(plus(i.get, int(16))));
  });
  f.emit(wasm.repeat(inner, wasm.below(i.get, count)));
}

/**
 * Adds the block's loss to the sum and, where derivatives are to be weighed, writes each row's weight and pull. Counts are in
 * bytes here and below.
 */
function lossFunction(map: MemoryMap, withWeights: boolean): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32, I32]);
  const [fold, stride, count, sum] = [f.param(0), f.param(1), f.param(2), f.param(3)] as const;
  const columns = [fold];
  for (let k = 1; k < 4; k++) columns.push(f.let(plus(columns[k - 1] as Bytes, stride), I32));
  const [inverseY, rowWeights, guardResiduals, guardWeights] = columns as [Bytes, Bytes, Bytes, Bytes];
  const setting = (offset: number): Bytes => f.let(loadSplat(int(map.settings + offset)));
  const delta = setting(SETTINGS.delta);
  const scale = setting(SETTINGS.scale);
  const guardScale = setting(SETTINGS.guard);
  const cost = accumulator(f, sum);
  forPairs(f, count, (i) => {
    const inverse = f.let(load(plus(inverseY, i)));
    const weight = f.let(load(plus(rowWeights, i)));
    const guarded = f.let(mul(guardScale, load(plus(guardWeights, i))));
    // Beyond the last row the inverse target is 0, and what the kernel computed there must not count.
    const p = mul(load(i, map.scratch), inverse);
    const r = f.let(and(sub(p, splat(1)), ne(inverse, ZERO)));
    const root = f.let(sqrt(add(mul(delta, delta), mul(r, r))));
    const shortfall = f.let(wasm.quickMax(sub(load(plus(guardResiduals, i)), r), ZERO));
    const active = f.let(and(guarded, wasm.gt(shortfall, ZERO)));
    const loss = mul(weight, mul(scale, sub(root, delta)));
    const penalty = mul(mul(splat(0.5), active), mul(shortfall, shortfall));
    cost.add(add(loss, penalty));
    if (!withWeights) return;
    const w = f.let(mul(weight, div(scale, root)));
    f.emit(store(i, mul(add(w, active), mul(inverse, inverse)), map.weights));
    f.emit(store(i, mul(sub(mul(w, r), mul(active, shortfall)), inverse), map.pulls));
  });
  cost.save();
  return f.finish(VOID);
}

/** Derivatives that are not finite become 0. */
function cleanFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32]);
  forPairs(f, f.param(0), (i) => {
    for (let j = 0; j < n; j++) {
      const slope = f.let(load(i, map.scratchColumn(1 + j)));
      f.emit(store(i, choose(eq(sub(slope, slope), ZERO), slope, ZERO), map.scratchColumn(1 + j)));
    }
  });
  return f.finish(VOID);
}

/** Adds to JᵀWr, and writes the derivatives times the rows' weights. */
function weighFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32]);
  for (let j0 = 0; j0 < n; j0 += TILE.columns) {
    const js = range(j0, Math.min(j0 + TILE.columns, n));
    const sums = js.map((j) => accumulator(f, int(gradientEntry(map, n, j))));
    forPairs(f, f.param(0), (i) => {
      const weight = f.let(load(i, map.weights));
      const pull = f.let(load(i, map.pulls));
      for (const [k, j] of js.entries()) {
        const slope = f.let(load(i, map.scratchColumn(1 + j)));
        sums[k]?.add(mul(pull, slope));
        f.emit(store(i, mul(weight, slope), map.weightedColumn(j)));
      }
    });
    for (const sum of sums) sum.save();
  }
  return f.finish(VOID);
}

/** Adds to JᵀWJ. */
function normalFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32]);
  for (let j0 = 0; j0 < n; j0 += TILE.rows) {
    const js = range(j0, Math.min(j0 + TILE.rows, n));
    for (let k0 = 0; k0 < j0 + js.length; k0 += TILE.columns) {
      accumulateTile(f, map, js, range(k0, Math.min(k0 + TILE.columns, j0 + js.length)));
    }
  }
  return f.finish(VOID);
}

/** Entries (j, k) with k ≤ j. */
function accumulateTile(f: wasm.FunctionWriter, map: MemoryMap, js: readonly number[], ks: readonly number[]): void {
  const entries = js.flatMap((j) =>
    ks.filter((k) => k <= j).map((k) => ({ j, k, sum: accumulator(f, int(matrixEntry(map, j, k))) })),
  );
  forPairs(f, f.param(0), (i) => {
    const slopes = new Map(ks.map((k) => [k, f.let(load(i, map.scratchColumn(1 + k)))]));
    const weighted = new Map(js.map((j) => [j, f.let(load(i, map.weightedColumn(j)))]));
    for (const { j, k, sum } of entries) sum.add(mul(weighted.get(j) as Bytes, slopes.get(k) as Bytes));
  });
  for (const { sum } of entries) sum.save();
}

interface Accumulator {
  add(value: Bytes): void;
  save(): void;
}

function accumulator(f: wasm.FunctionWriter, at: Bytes): Accumulator {
  const sum = f.variable(V128);
  f.emit(sum.set(load(at)));
  return {
    add: (value) => f.emit(sum.set(add(sum.get, value))),
    save: () => f.emit(store(at, sum.get)),
  };
}

/** Adds Σ w·p and Σ w·∂p to a time block's sums. */
function biasFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32, I32]);
  const [from, to, weights, target] = [f.param(0), f.param(1), f.param(2), f.param(3)] as const;
  const sums = range(0, n + 1).map((k) => {
    const sum = f.variable(F64);
    f.emit(sum.set(loadOne(target, 8 * k)));
    return sum;
  });
  const body = f.capture(() => {
    const weight = f.let(loadOne(plus(weights, from)), F64);
    for (const [k, sum] of sums.entries()) {
      f.emit(sum.set(wasm.addOne(sum.get, wasm.mulOne(weight, loadOne(from, map.scratchColumn(k))))));
    }
    f.emit(f.assign(0, plus(from, int(8))));
  });
  f.emit(wasm.repeat(body, wasm.below(from, to)));
  for (const [k, sum] of sums.entries()) f.emit(storeOne(target, sum.get, 8 * k));
  return f.finish(VOID);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
}
