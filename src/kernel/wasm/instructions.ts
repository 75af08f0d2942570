import {
  type Bytes,
  doubleBytes,
  type FunctionCode,
  I32,
  signed,
  unsigned,
  V128,
  type ValueType,
  VOID,
} from './assemble.ts';

/** Instructions on f64x2, i64x2 and i32; arguments are expressions, results are too. */
type Unary = (a: Bytes) => Bytes;
type Binary = (a: Bytes, b: Bytes) => Bytes;

function simd(opcode: number): Bytes {
  return [0xfd, ...unsigned(opcode)];
}
function unary(opcode: number): Unary {
  const code = simd(opcode);
  return (a) => [...a, ...code];
}
function binary(opcode: number): Binary {
  const code = simd(opcode);
  return (a, b) => [...a, ...b, ...code];
}
function scalar(opcode: number): Binary {
  return (a, b) => [...a, ...b, opcode];
}

export const add: Binary = binary(0xf0);
export const sub: Binary = binary(0xf1);
export const mul: Binary = binary(0xf2);
export const div: Binary = binary(0xf3);
/** As Math.min and Math.max: NaN wins, −0 is below 0. */
export const min: Binary = binary(0xf4);
export const max: Binary = binary(0xf5);
/** a where b is NaN or equal, one instruction instead of several: b < a ? b : a, and a < b ? b : a. */
export const quickMin: Binary = binary(0xf6);
export const quickMax: Binary = binary(0xf7);
export const abs: Unary = unary(0xec);
export const neg: Unary = unary(0xed);
export const sqrt: Unary = unary(0xef);
export const ceil: Unary = unary(0x74);
export const floor: Unary = unary(0x75);
export const nearest: Unary = unary(0x94);
/** Comparisons give a mask: all bits of a lane, or none. */
export const eq: Binary = binary(0x47);
export const ne: Binary = binary(0x48);
export const lt: Binary = binary(0x49);
export const gt: Binary = binary(0x4a);
export const le: Binary = binary(0x4b);
export const ge: Binary = binary(0x4c);

export const not: Unary = unary(0x4d);
export const and: Binary = binary(0x4e);
/** a without the bits of b. */
export const andNot: Binary = binary(0x4f);
export const or: Binary = binary(0x50);
export const xor: Binary = binary(0x51);
export const anyTrue: Unary = unary(0x53);
/** Whether a mask lacks a lane. */
export function anyFalse(mask: Bytes): Bytes {
  return [...mask, ...simd(0xc4), ...int(3), 0x47];
}
export function choose(mask: Bytes, yes: Bytes, no: Bytes): Bytes {
  return [...yes, ...no, ...mask, ...simd(0x52)];
}

export const addInt: Binary = binary(0xce);
export const subInt: Binary = binary(0xd1);
export function shiftLeft(a: Bytes, by: number): Bytes {
  return [...a, ...int(by), ...simd(0xcb)];
}
export function shiftRight(a: Bytes, by: number): Bytes {
  return [...a, ...int(by), ...simd(0xcd)];
}

/** Both lanes the same double. */
export function splat(value: number): Bytes {
  const bytes = doubleBytes(value);
  return [...simd(12), ...bytes, ...bytes];
}
export function lane(a: Bytes, index: 0 | 1): Bytes {
  return [...a, ...simd(0x21), index];
}
export function replaceLane(a: Bytes, index: 0 | 1, value: Bytes): Bytes {
  return [...a, ...value, ...simd(0x22), index];
}

/** A pair of doubles; addresses need not be multiples of 16. */
export function load(address: Bytes, offset: number = 0): Bytes {
  return [...address, ...simd(0), 3, ...unsigned(offset)];
}
export function loadSplat(address: Bytes, offset: number = 0): Bytes {
  return [...address, ...simd(10), 3, ...unsigned(offset)];
}
export function store(address: Bytes, value: Bytes, offset: number = 0): Bytes {
  return [...address, ...value, ...simd(11), 3, ...unsigned(offset)];
}
export function loadInt(address: Bytes, offset: number = 0): Bytes {
  return [...address, 0x28, 2, ...unsigned(offset)];
}

export function int(value: number): Bytes {
  return [0x41, ...signed(value)];
}
export const plus: Binary = scalar(0x6a);
export const minus: Binary = scalar(0x6b);
export const times: Binary = scalar(0x6c);
export const below: Binary = scalar(0x49);
export const atLeast: Binary = scalar(0x4f);
export function least(a: Bytes, b: Bytes): Bytes {
  return [...a, ...b, ...a, ...b, 0x49, 0x1b];
}

export function call(index: number, ...args: readonly Bytes[]): Bytes {
  return [...args.flat(), 0x10, ...unsigned(index)];
}
export function greatest(a: Bytes, b: Bytes): Bytes {
  return [...a, ...b, ...a, ...b, 0x4f, 0x1b];
}
/** Fills so many bytes with zeros. */
export function clear(address: Bytes, bytes: Bytes): Bytes {
  return [...address, ...int(0), ...bytes, 0xfc, 11, 0];
}
/** Calls entry `at` of the table by signature 0 of the module. */
export function callIndirect(at: Bytes, ...args: readonly Bytes[]): Bytes {
  return [...args.flat(), ...at, 0x11, 0, 0];
}
export function when(condition: Bytes, then: Bytes): Bytes {
  return [...condition, 0x04, VOID, ...then, 0x0b];
}
export function either(condition: Bytes, then: Bytes, otherwise: Bytes): Bytes {
  return [...condition, 0x04, VOID, ...then, 0x05, ...otherwise, 0x0b];
}
/** Leaves the innermost loop's block where the condition holds; only inside `forever`. */
export function leaveIf(condition: Bytes): Bytes {
  return [...condition, 0x0d, 1];
}
/** Runs the body again and again, until `leaveIf`. */
export function forever(body: Bytes): Bytes {
  return [0x02, VOID, 0x03, VOID, ...body, 0x0c, 0, 0x0b, 0x0b];
}
/** Runs the body at least once, and again while the condition holds. */
export function repeat(body: Bytes, condition: Bytes): Bytes {
  return [0x03, VOID, ...body, ...condition, 0x0d, 0, 0x0b];
}

/** A place for a value in a function. */
export interface Variable {
  readonly get: Bytes;
  set(value: Bytes): Bytes;
}

/** Collects the code of one function. */
export class FunctionWriter {
  readonly #params: readonly ValueType[];
  readonly #locals: ValueType[] = [];
  readonly #entry: number[] = [];
  #code: number[] = [];

  constructor(params: readonly ValueType[]) {
    this.#params = params;
  }

  param(index: number): Bytes {
    return [0x20, ...unsigned(index)];
  }

  assign(param: number, value: Bytes): Bytes {
    return [...value, 0x21, ...unsigned(param)];
  }

  variable(type: ValueType): Variable {
    const index = unsigned(this.#params.length + this.#locals.push(type) - 1);
    return { get: [0x20, ...index], set: (value) => [...value, 0x21, ...index] };
  }

  emit(code: Bytes): void {
    for (const byte of code) this.#code.push(byte);
  }

  /** Computes a value once; the result reads it. */
  let(value: Bytes, type: ValueType = V128): Bytes {
    const variable = this.variable(type);
    this.emit(variable.set(value));
    return variable.get;
  }

  letInt(value: Bytes): Bytes {
    return this.let(value, I32);
  }

  /** Computes a value once, when the function is entered; it may depend on parameters only. */
  atEntry(value: Bytes, type: ValueType = V128): Bytes {
    const variable = this.variable(type);
    for (const byte of variable.set(value)) this.#entry.push(byte);
    return variable.get;
  }

  /** What `write` emits, as code of its own. */
  capture(write: () => void): Bytes {
    const outer = this.#code;
    this.#code = [];
    write();
    const inner = this.#code;
    this.#code = outer;
    return inner;
  }

  finish(result: ValueType | typeof VOID, name?: string): FunctionCode {
    const code = { params: this.#params, result, locals: this.#locals, body: [...this.#entry, ...this.#code] };
    return name === undefined ? code : { ...code, name };
  }
}

/** Single doubles. */
export const addOne: Binary = scalar(0xa0);
export const mulOne: Binary = scalar(0xa2);
export function loadOne(address: Bytes, offset: number = 0): Bytes {
  return [...address, 0x2b, 3, ...unsigned(offset)];
}
export function storeOne(address: Bytes, value: Bytes, offset: number = 0): Bytes {
  return [...address, ...value, 0x39, 3, ...unsigned(offset)];
}
