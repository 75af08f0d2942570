/**
 * A WebAssembly assembler as small as this project needs: an instruction sequence is a list of bytes in stack order, so an
 * expression is the concatenation of its operands and its opcode.
 *
 * Source: WebAssembly core specification 2.0, chapter 5 (binary format).
 */
export type Bytes = readonly number[];

export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;
/** `VOID` as the result of a function or block: none. */
export const VOID = 0x40;
export type ValueType = typeof I32 | typeof F64 | typeof V128;

export interface Signature {
  readonly params: readonly ValueType[];
  readonly result: ValueType | typeof VOID;
}

export interface FunctionCode extends Signature {
  /** Types of the locals after the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Bytes;
  /** Exported under this name, if any. */
  readonly name?: string;
}

export interface ImportedFunction extends Signature {
  readonly module: string;
  readonly name: string;
}

export interface ModuleParts {
  /** Numbered before the functions, in order. */
  readonly imports?: readonly ImportedFunction[];
  readonly functions: readonly FunctionCode[];
  /** The shared memory `env.memory` has exactly this many pages of 64 KiB. */
  readonly pages: number;
  /** Size of the imported table `env.kernels` of functions; none is imported without it. */
  readonly tableSize?: number;
  /** Puts functions into the table, from this entry on: the first of `functions`, as many as are listed. */
  readonly entries?: { readonly first: number; readonly count: number };
  /** Bytes that instantiation writes into the memory. */
  readonly data?: { readonly address: number; readonly bytes: Uint8Array };
  /** Signatures that `call_indirect` may name, numbered from 0. */
  readonly signatures?: readonly Signature[];
}

/** Unsigned LEB128. */
export function unsigned(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit number. */
export function signed(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 127;
    rest >>= 7;
    const done = (rest === 0 && (low & 64) === 0) || (rest === -1 && (low & 64) !== 0);
    bytes.push(done ? low : low | 128);
    if (done) return bytes;
  }
}

const DOUBLE = new Float64Array(1);
const DOUBLE_BYTES = new Uint8Array(DOUBLE.buffer);

/** Bytes of a double, least significant first, as on every machine that runs Node. */
export function doubleBytes(value: number): Bytes {
  DOUBLE[0] = value;
  return [...DOUBLE_BYTES];
}

/** The letters asm after a zero, and version 1. */
const PREAMBLE: Bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

export function assembleModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const { imports = [], functions, pages, tableSize, entries, data, signatures = [] } = parts;
  const types: string[] = [];
  const typeBytes: Bytes[] = [];
  const typeOf = ({ params, result }: Signature): number => {
    const bytes = [0x60, ...vector(params.map((type) => [type])), ...(result === VOID ? [0] : [1, result])];
    const key = bytes.join();
    const known = types.indexOf(key);
    if (known >= 0) return known;
    typeBytes.push(bytes);
    return types.push(key) - 1;
  };
  for (const signature of signatures) typeOf(signature);
  const memory = [...name('env'), ...name('memory'), 2, 3, ...unsigned(pages), ...unsigned(pages)];
  const table = [...name('env'), ...name('kernels'), 1, 0x70, 0, ...unsigned(tableSize ?? 0)];
  const imported = imports.map((it) => [...name(it.module), ...name(it.name), 0, ...unsigned(typeOf(it))]);
  const declared = functions.map((it) => unsigned(typeOf(it)));
  const exported = functions.flatMap((it, i) =>
    it.name === undefined ? [] : [[...name(it.name), 0, ...unsigned(imports.length + i)]],
  );
  const code = functions.map(({ locals, body }) => {
    const inner = concat([vector(runs(locals)), body, [0x0b]]);
    return concat([unsigned(inner.length), inner]);
  });
  const sections = [
    PREAMBLE,
    section(1, typeBytes),
    section(2, [...imported, memory, ...(tableSize === undefined ? [] : [table])]),
    section(3, declared),
    section(7, exported),
    entries === undefined ? [] : section(9, [elements(entries, imports.length)]),
    section(10, code),
    data === undefined ? [] : section(11, [segment(data)]),
  ];
  return new Uint8Array(concat(sections));
}

function elements({ first, count }: { first: number; count: number }, imported: number): Bytes {
  const functions = Array.from({ length: count }, (_, k) => unsigned(imported + k));
  return [0, 0x41, ...signed(first), 0x0b, ...vector(functions)];
}

function segment({ address, bytes }: { address: number; bytes: Uint8Array }): Bytes {
  return [0, 0x41, ...signed(address), 0x0b, ...unsigned(bytes.length), ...bytes];
}

function runs(locals: readonly ValueType[]): readonly Bytes[] {
  const groups: { type: ValueType; count: number }[] = [];
  for (const type of locals) {
    const last = groups.at(-1);
    if (last?.type === type) last.count++;
    else groups.push({ type, count: 1 });
  }
  return groups.map(({ type, count }) => [...unsigned(count), type]);
}

function vector(items: readonly Bytes[]): Bytes {
  return concat([unsigned(items.length), ...items]);
}

function section(id: number, items: readonly Bytes[]): Bytes {
  const content = vector(items);
  return concat([[id], unsigned(content.length), content]);
}

/** A loop, because `flat` and spreading take several times as long over so many bytes. */
function concat(items: readonly Bytes[]): Bytes {
  const bytes: number[] = [];
  for (const item of items) for (const byte of item) bytes.push(byte);
  return bytes;
}

function name(text: string): Bytes {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}
