import { type MemoryMap, SETTINGS } from './memory-map.ts';
import * as wasm from './wasm/index.ts';

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
  mul,
  ne,
  plus,
  splat,
  sqrt,
  store,
  storeOne,
  sub,
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

/** Offsets in a lane's sums, in bytes, of JᵀWJ's entry (j, k ≤ j) and of JᵀWr's entry j. */
function matrixOffset(j: number, k: number): number {
  return 16 * (1 + (j * (j + 1)) / 2 + k);
}
function gradientOffset(n: number, j: number): number {
  return 16 * (1 + (n * (n + 1)) / 2 + j);
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
 * Adds the block's loss to the lane's sums and, where derivatives are to be weighed, writes each row's weight and pull. Counts
 * are in bytes here and below. Parameters: the row set's columns and their distance, the number of rows, the lane's sums.
 */
export function lossFunction(map: MemoryMap, withWeights: boolean): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32, I32]);
  const [rowSet, stride, count, lane] = [f.param(0), f.param(1), f.param(2), f.param(3)] as const;
  const columns = [rowSet];
  for (let k = 1; k < 4; k++) columns.push(f.let(plus(columns[k - 1] as Bytes, stride), I32));
  const [inverseY, rowWeights, penaltyResiduals, penaltyWeights] = columns as [Bytes, Bytes, Bytes, Bytes];
  const setting = (offset: number): Bytes => f.let(loadSplat(int(map.settings + offset)));
  const delta = setting(SETTINGS.delta);
  const scale = setting(SETTINGS.scale);
  const penaltyScale = setting(SETTINGS.penalty);
  const cost = accumulator(f, lane, 0);
  forPairs(f, count, (i) => {
    const inverse = f.let(load(plus(inverseY, i)));
    const weight = f.let(load(plus(rowWeights, i)));
    const penalised = f.let(mul(penaltyScale, load(plus(penaltyWeights, i))));
    // Beyond the last row the inverse target is 0, and what the kernel computed there must not count.
    const p = mul(load(i, map.scratch), inverse);
    const r = f.let(and(sub(p, splat(1)), ne(inverse, ZERO)));
    const root = f.let(sqrt(add(mul(delta, delta), mul(r, r))));
    const shortfall = f.let(wasm.quickMax(sub(load(plus(penaltyResiduals, i)), r), ZERO));
    const active = f.let(and(penalised, wasm.gt(shortfall, ZERO)));
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

/** The same with the quadratic loss, without the shortfall penalty. */
export function quadraticFunction(map: MemoryMap, withWeights: boolean): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32, I32]);
  const [inverseY, stride, count, lane] = [f.param(0), f.param(1), f.param(2), f.param(3)] as const;
  const rowWeights = f.letInt(plus(inverseY, stride));
  const cost = accumulator(f, lane, 0);
  forPairs(f, count, (i) => {
    const inverse = f.let(load(plus(inverseY, i)));
    const weight = f.let(load(plus(rowWeights, i)));
    const r = f.let(and(sub(mul(load(i, map.scratch), inverse), splat(1)), ne(inverse, ZERO)));
    const pull = f.let(mul(weight, r));
    cost.add(mul(splat(0.5), mul(pull, r)));
    if (!withWeights) return;
    f.emit(store(i, mul(weight, mul(inverse, inverse)), map.weights));
    f.emit(store(i, mul(pull, inverse), map.pulls));
  });
  cost.save();
  return f.finish(VOID);
}

/** Derivatives that are not finite become 0. Parameter: the number of rows. */
export function cleanFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32]);
  forPairs(f, f.param(0), (i) => {
    for (let j = 0; j < n; j++) {
      const slope = f.let(load(i, map.scratchColumn(1 + j)));
      f.emit(store(i, choose(eq(sub(slope, slope), ZERO), slope, ZERO), map.scratchColumn(1 + j)));
    }
  });
  return f.finish(VOID);
}

/** Adds to JᵀWr, and writes the derivatives times the rows' weights. Parameters: the number of rows, the lane's sums. */
export function weighFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32]);
  for (let j0 = 0; j0 < n; j0 += TILE.columns) {
    const js = range(j0, Math.min(j0 + TILE.columns, n));
    const sums = js.map((j) => accumulator(f, f.param(1), gradientOffset(n, j)));
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

/** Adds to JᵀWJ. Parameters: the number of rows, the lane's sums. */
export function normalFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32]);
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
    ks.filter((k) => k <= j).map((k) => ({ j, k, sum: accumulator(f, f.param(1), matrixOffset(j, k)) })),
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

function accumulator(f: wasm.FunctionWriter, lane: Bytes, offset: number): Accumulator {
  const sum = f.variable(V128);
  f.emit(sum.set(load(lane, offset)));
  return {
    add: (value) => f.emit(sum.set(add(sum.get, value))),
    save: () => f.emit(store(lane, sum.get, offset)),
  };
}

/** Adds Σ w·p and Σ w·∂p to a time block's sums. Parameters: the first row and the end, the weights, the sums. */
export function biasFunction(map: MemoryMap, n: number): wasm.FunctionCode {
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
