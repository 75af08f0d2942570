import type { Bytes } from './assemble.ts';
import { FunctionWriter, int, load } from './instructions.ts';

/**
 * Constants of the vector functions. The compiler builds a v128.const from two words each time it is met, which costs more
 * than the arithmetic around it; a load from the first-level cache costs one step. Where each constant lies is the same in
 * every module of a process; modules that use the functions carry all of them.
 */
export const POOL_ADDRESS = 64;
export const POOL_BYTES = 4096;

const ENTRY_BYTES = 16;
const words = new Uint32Array(POOL_BYTES / 4);
const known = new Map<string, number>();

/** Place in the pool of both lanes the same 64 bits, given as two words. */
function place(high: number, low: number): number {
  const key = `${high >>> 0},${low >>> 0}`;
  let index = known.get(key);
  if (index === undefined) {
    index = known.size;
    if (index * ENTRY_BYTES >= POOL_BYTES) throw new RangeError('the pool of vector constants is full');
    known.set(key, index);
    words.set([low, high, low, high], (index * ENTRY_BYTES) / 4);
  }
  return index;
}

/** The contents of the pool. */
export function poolBytes(): Uint8Array {
  return new Uint8Array(words.buffer, 0, known.size * ENTRY_BYTES);
}

/**
 * Writes a function that uses the pool. A constant is loaded when the function is entered, whatever loop it is used in: the
 * compiler keeps it in a register or on the stack.
 */
export class VectorWriter extends FunctionWriter {
  readonly #loaded = new Map<number, Bytes>();

  /** Both lanes the same double. */
  pooled(value: number): Bytes {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return this.pooledBits(view.getUint32(0), view.getUint32(4));
  }

  /** Both lanes the same 64 bits, given as two words. */
  pooledBits(high: number, low: number): Bytes {
    const index = place(high, low);
    let loaded = this.#loaded.get(index);
    if (loaded === undefined) {
      loaded = this.atEntry(load(int(POOL_ADDRESS + index * ENTRY_BYTES)));
      this.#loaded.set(index, loaded);
    }
    return loaded;
  }
}
