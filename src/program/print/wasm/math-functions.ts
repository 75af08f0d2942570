import type { FunctionCode } from './assemble.ts';
import { cbrtFunction, expFunction, expm1Function, powFunction, tanhFunction } from './vector-exponentials.ts';
import { log10Function, log1pFunction, log2Function, logFunction } from './vector-logarithms.ts';

export type MathName = 'exp' | 'expm1' | 'log' | 'log1p' | 'log2' | 'log10' | 'pow' | 'tanh' | 'cbrt';

/** Index of the platform's scalar power among the imports of a kernel module. */
export const PLATFORM_POW = 0;

/** Each vector function's code; `index` gives the place of another one that it calls. */
export const MATH_FUNCTIONS: Readonly<Record<MathName, (index: (name: MathName) => number) => FunctionCode>> = {
  exp: expFunction,
  expm1: expm1Function,
  log: logFunction,
  log1p: log1pFunction,
  log2: log2Function,
  log10: (index) => log10Function(index('log')),
  pow: () => powFunction(PLATFORM_POW),
  tanh: tanhFunction,
  cbrt: cbrtFunction,
};
