/** Modules that no checked graph gives, by hand: what the hosts must bear all the same. */
import * as wasm from '../../src/kernel/wasm/index.ts';

export const PAGES = 3;
const { I32, int, VOID } = wasm;

/** A library whose `run` is this code. */
function library(body: wasm.Bytes, pages: number = PAGES): Uint8Array<ArrayBuffer> {
  const f = new wasm.FunctionWriter([I32, I32, I32]);
  f.emit(body);
  return wasm.assembleModule({
    functions: [f.finish(VOID, 'run')],
    pages,
    tableSize: 4,
    signatures: [wasm.KERNEL_SIGNATURE],
  });
}

const MEMORY_GROW = [0x40, 0x00];
const I32_STORE = [0x36, 2, 0];
const DROP = 0x1a;
const UNREACHABLE = 0x00;

/** Asks for a page more, and writes the answer to the memory's first word. */
export function grownLibrary(pages?: number): Uint8Array<ArrayBuffer> {
  return library([...int(0), ...int(1), ...MEMORY_GROW, ...I32_STORE], pages);
}

export function trappingLibrary(how: 'unreachable' | 'beyond the memory' | 'no kernel'): Uint8Array<ArrayBuffer> {
  const five = Array.from({ length: 5 }, () => int(0));
  const bodies = {
    unreachable: [UNREACHABLE],
    'beyond the memory': [...wasm.loadInt(int(65_536 * PAGES)), DROP],
    'no kernel': wasm.callIndirect(int(2), ...five),
  };
  return library(bodies[how]);
}

export function endlessLibrary(): Uint8Array<ArrayBuffer> {
  return library(wasm.forever([]));
}

function section(id: number, content: readonly number[]): readonly number[] {
  return [id, content.length, ...content];
}

/** A module with a memory of its own, which takes 64 MiB more of it again and again, and writes to them. */
export function fatLibrary(): Uint8Array<ArrayBuffer> {
  const step = [0x41, 0x80, 0x08]; // i32.const 1024 pages
  const code = [
    [1, 1, I32], // one local, number 3
    [0x03, 0x40], // loop
    [...step, ...MEMORY_GROW],
    [0x22, 3, 0x41, 0x7f, 0x46, 0x0d, 0], // where it is −1, once more
    [0x20, 3, 0x41, 16, 0x74], // from there
    [0x41, 1], // ones
    [...step, 0x41, 16, 0x74], // so many
    [0xfc, 11, 0], // memory.fill
    [0x0c, 0, 0x0b, 0x0b], // and on; end, end
  ].flat();
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, 3, ...Buffer.from('run'), 0, 0]),
    ...section(10, [1, code.length, ...code]),
  ]);
}
