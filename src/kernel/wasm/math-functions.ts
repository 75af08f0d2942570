import { EVERYTHING, type Interval } from '../../program/index.ts';
import { type Bytes, type FunctionCode, V128 } from './assemble.ts';
import { VectorWriter } from './constant-pool.ts';
import { cbrtOf, expm1Of, expOf, powOf, sinhOf, tanhOf } from './vector-exponentials.ts';
import { log10Of, log1pOf, log2Of, logOf } from './vector-logarithms.ts';

export type MathName = 'exp' | 'expm1' | 'log' | 'log1p' | 'log2' | 'log10' | 'pow' | 'sinh' | 'tanh' | 'cbrt';

/** Index of the platform's scalar power among the imports of a kernel module. */
const PLATFORM_POW = 0;

/** Writes the code of a function; `range` bounds its first argument. The argument is read more than once. */
type Of = (f: VectorWriter, args: readonly [Bytes, Bytes], range: Interval) => Bytes;

export const VECTOR_MATH: Readonly<Record<MathName, Of>> = {
  exp: (f, [x]) => expOf(f, x),
  expm1: (f, [x]) => expm1Of(f, x),
  log: (f, [x], range) => logOf(f, x, range),
  log1p: (f, [x], range) => log1pOf(f, x, range),
  log2: (f, [x], range) => log2Of(f, x, range),
  log10: (f, [x], range) => log10Of(f, x, range),
  pow: (f, [x, y]) => powOf(f, x, y, PLATFORM_POW),
  sinh: (f, [x]) => sinhOf(f, x),
  tanh: (f, [x]) => tanhOf(f, x),
  cbrt: (f, [x]) => cbrtOf(f, x),
};

/** One of them as a function of its own, for every argument. */
export function mathFunction(name: MathName): FunctionCode {
  const f = new VectorWriter(name === 'pow' ? [V128, V128] : [V128]);
  f.emit(VECTOR_MATH[name](f, [f.param(0), f.param(1)], EVERYTHING));
  return f.finish(V128);
}
