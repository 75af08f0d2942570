import type { OpName } from './operators.ts';

/** Operations that continue a chain of terms or factors, and which of their arguments they invert. */
export type Through = Readonly<Partial<Record<OpName, readonly boolean[]>>>;

/** Inverted terms are subtracted. */
export const SUM: Through = { add: [false, false], sub: [false, true], neg: [true] };
/** Inverted factors are divided by. */
export const PRODUCT: Through = { mul: [false, false], div: [false, true] };
