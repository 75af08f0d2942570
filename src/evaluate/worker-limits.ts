import type { RegressionTable } from '../data/index.ts';
import type { ClientLoop } from './closed-loop/client-loop.ts';

const MIB = 2 ** 20;

/** Heap that our own code takes, in MiB: about 50, and as much again where it is compiled when it is loaded. */
const OWN_HEAP_MB = 96;
/** Heap that a row takes while it is laid out and sorted by, in bytes. */
const HEAP_BYTES_PER_ROW = 128;
/** Schedules and tables of a fit in closed loop, in MiB: of the heap, and again of columns outside of it. */
const LOOP_MB = 512;
/** Sandboxes that a process holds at a time, at most: the one that it works with, and one that is not yet collected. */
const SANDBOXES = 2;

/** Heap limit of a child process in MiB, for V8. */
export function heapLimitMb(memoryMb: number, table: RegressionTable, clients?: ClientLoop): number {
  const loopMb = clients === undefined ? 0 : LOOP_MB;
  return Math.ceil(OWN_HEAP_MB + loopMb + memoryMb + (HEAP_BYTES_PER_ROW * table.y.length) / MIB);
}

/**
 * How much a child process may grow by once the table is resident, in bytes: the heap up to its limit, the sandboxes' memory,
 * an isolate's heap, and again `memoryMb` for compiled code and columns outside of any heap.
 */
export function growthBytes(
  memoryMb: number,
  table: RegressionTable,
  sandboxBytes: number,
  clients?: ClientLoop,
): number {
  const loopMb = clients === undefined ? 0 : LOOP_MB;
  return MIB * (heapLimitMb(memoryMb, table, clients) + loopMb + 2 * memoryMb) + SANDBOXES * sandboxBytes;
}
