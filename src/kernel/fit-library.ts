import {
  biasFunction,
  cleanFunction,
  lossFunction,
  normalFunction,
  quadraticFunction,
  weighFunction,
} from './fit-sums.ts';
import { BLOCK_ROWS, KERNEL_SLOTS, type MemoryMap, sumCount } from './memory-map.ts';
import * as wasm from './wasm/index.ts';

const { I32, int, KERNEL_SIGNATURE, minus, plus, times, VOID } = wasm;
type Bytes = readonly number[];

/**
 * The part of fused least-squares passes that does not depend on the programs, for kernels with n derivatives. Exports, addresses
 * in bytes, `start` and `end` row offsets (8·row):
 *
 * - `passes(lanes, start, length, rowSet, stride, ranges, blocks, clean, quadratic)` over a row set; the kernels and constants of
 *   the lanes, and the sums that come out, lie where the memory map has them
 * - `run(kernel, start, end)`
 */
export function printFitLibrary(map: MemoryMap, n: number): Uint8Array<ArrayBuffer> {
  const functions = [
    lossFunction(map, n > 0),
    biasFunction(map, n),
    cleanFunction(map, n),
    weighFunction(map, n),
    normalFunction(map, n),
    quadraticFunction(map, n > 0),
    passesFunction(map, n),
    runFunction(map),
  ];
  return wasm.assembleModule({ functions, pages: map.pages, tableSize: KERNEL_SLOTS, signatures: [KERNEL_SIGNATURE] });
}

/** Places in the module; it imports no function. */
const INDEX = { loss: 0, bias: 1, clean: 2, weigh: 3, normal: 4, quadratic: 5 } as const;

/**
 * Passes over a row set, rows outermost: while a block of rows is in the cache, each lane runs its kernel on it and adds to its
 * sums and to those of the time blocks that it overlaps.
 */
function passesFunction(map: MemoryMap, n: number): wasm.FunctionCode {
  const f = new wasm.FunctionWriter(Array.from({ length: 9 }, () => I32));
  const params = Array.from({ length: 9 }, (_, k) => f.param(k));
  const [lanes, start, length, rowSet, stride, ranges, blocks, clean, quadratic] = params as [
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
  const at = f.variable(I32);
  const lane = f.variable(I32);
  const firstBlock = f.variable(I32);
  const block = f.variable(I32);
  const forLanes = (body: () => void): void => {
    f.emit(lane.set(int(0)));
    const one = f.capture(() => {
      body();
      f.emit(lane.set(plus(lane.get, int(1))));
    });
    f.emit(wasm.repeat(one, wasm.below(lane.get, lanes)));
  };
  const laneSums = (): Bytes => f.letInt(plus(int(map.sums), times(lane.get, int(map.sumsStride))));
  const laneBlockSums = (): Bytes => f.letInt(plus(int(map.blockSums), times(lane.get, int(map.blockSumsStride))));

  forLanes(() => {
    f.emit(wasm.clear(laneSums(), int(16 * sumCount(n))));
    f.emit(wasm.clear(laneBlockSums(), times(blocks, int(8 * (n + 1)))));
  });
  f.emit(at.set(int(0)));
  f.emit(firstBlock.set(int(0)));
  const body = f.capture(() => {
    const size = f.letInt(wasm.least(int(BLOCK_ROWS), minus(length, at.get)));
    const end = f.letInt(plus(at.get, size));
    const offset = f.letInt(times(at.get, int(8)));
    const bytes = f.letInt(times(size, int(8)));
    const first = f.letInt(plus(start, offset));
    const rows = f.letInt(plus(rowSet, offset));
    const out = f.letInt(minus(int(map.scratch), first));
    forLanes(() => {
      const kernel = wasm.loadInt(plus(int(map.kernels), times(lane.get, int(4))));
      const constants = plus(int(map.constants), times(lane.get, int(map.constantStride)));
      f.emit(wasm.callIndirect(kernel, first, plus(first, bytes), constants, out, int(map.scratchStride)));
      const sums = laneSums();
      const forLoss = [rows, stride, bytes, sums];
      f.emit(wasm.either(quadratic, wasm.call(INDEX.quadratic, ...forLoss), wasm.call(INDEX.loss, ...forLoss)));
      if (n > 0) {
        f.emit(wasm.when(clean, wasm.call(INDEX.clean, bytes)));
        f.emit(wasm.call(INDEX.weigh, bytes, sums));
        f.emit(wasm.call(INDEX.normal, bytes, sums));
      }
      const blockSums = laneBlockSums();
      f.emit(block.set(firstBlock.get));
      const overlapping = f.capture(() => {
        f.emit(wasm.leaveIf(wasm.atLeast(block.get, blocks)));
        const entry = f.letInt(plus(ranges, times(block.get, int(8))));
        const from = f.letInt(wasm.loadInt(entry));
        const to = f.letInt(wasm.loadInt(entry, 4));
        f.emit(wasm.leaveIf(wasm.atLeast(from, end)));
        const inner = minus(wasm.greatest(from, at.get), at.get);
        const outer = minus(wasm.least(to, end), at.get);
        const weights = plus(rows, times(stride, int(4)));
        const target = plus(blockSums, times(block.get, int(8 * (n + 1))));
        f.emit(wasm.call(INDEX.bias, times(inner, int(8)), times(outer, int(8)), weights, target));
        f.emit(wasm.leaveIf(wasm.below(end, to)));
        f.emit(block.set(plus(block.get, int(1))));
      });
      f.emit(wasm.forever(overlapping));
    });
    // Where the last lane stopped the next rows go on.
    f.emit(firstBlock.set(block.get));
    f.emit(at.set(end));
  });
  f.emit(wasm.repeat(body, wasm.below(at.get, length)));
  return f.finish(VOID, 'passes');
}

/** Values of a kernel's roots for whole ranges of rows, in the output columns, with the first lane's constants. */
function runFunction(map: MemoryMap): wasm.FunctionCode {
  const f = new wasm.FunctionWriter([I32, I32, I32]);
  const [kernel, start, end] = [f.param(0), f.param(1), f.param(2)] as const;
  f.emit(wasm.callIndirect(kernel, start, end, int(map.constants), int(map.outputs), int(map.stride)));
  return f.finish(VOID, 'run');
}
