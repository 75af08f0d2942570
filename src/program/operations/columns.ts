/** The value of an argument that is a number as it stands; undefined for every other argument. */
export type LiteralOf = (at: number) => number | undefined;

/**
 * What becomes of the tangents of the arguments: they are passed on or joined, one of them is chosen, or they are multiplied by
 * a slope, which may be infinite.
 */
export type Tangent = 'passed' | 'chosen' | 'multiplied';

/** `jumps`: at a pole or between branches. `steps`: the derivative is 0 and does not see the thresholds. */
export type Continuity = 'continuous' | 'jumps' | 'steps';

/** How a value depends on a set of constants: not at all, affinely, or otherwise. */
export type Degree = 0 | 1 | 2;
export const INDEPENDENT: Degree = 0;
export const AFFINE: Degree = 1;
export const CURVED: Degree = 2;

/** As the argument that depends most. */
export function greatest(degrees: readonly Degree[]): Degree {
  return degrees.reduce((a, b) => (a > b ? a : b), INDEPENDENT);
}
export function bends(): Degree {
  return CURVED;
}

/** Which values are sure to leave a program without a finite value: none, NaN, or NaN and both infinities. */
export type Noticed = 0 | 1 | 2;
export const UNNOTICED: Noticed = 0;
const NAN: Noticed = 1;
export const NOT_FINITE: Noticed = 2;

function least(a: Noticed, b: Noticed): Noticed {
  return a < b ? a : b;
}
/** No finite argument comes of NaN, nor of an infinity. */
export function passesNotFinite(above: Noticed): Noticed {
  return above;
}
/** NaN comes through; an infinity may be absorbed. */
export function passesNaN(above: Noticed): Noticed {
  return least(above, NAN);
}
export function passesNothing(): Noticed {
  return UNNOTICED;
}

/** Where an operation has no finite value. */
export interface Domain {
  /** Position of the argument. */
  readonly at: number;
  /** A pole is infinite at this value, with either sign around it; everything else is NaN below it. */
  readonly edge: number;
  readonly isPole: boolean;
  /** Whether the edge itself has a finite value. */
  readonly holdsEdge: boolean;
  /** Position of an argument that may vanish together with this one and so cancel the pole. */
  readonly cancelledBy: number | undefined;
  /** What it does to the argument, and what to write instead. */
  readonly does: string;
  readonly mend: string;
}

const AT_ZERO = { at: 0, edge: 0, isPole: false, cancelledBy: undefined } as const;
/** NaN below 0. */
export function rootOf(does: string): Domain {
  return {
    ...AT_ZERO,
    holdsEdge: true,
    does,
    mend: 'write Math.max(…, 0)',
  };
}
/** NaN below 0, infinite at it. */
export function logarithmOf(does: string): Domain {
  return {
    ...AT_ZERO,
    holdsEdge: false,
    does,
    mend: 'write Math.max(…, 1)',
  };
}
/** Infinite at 0. */
export function poleOf(does: string): Domain {
  return { ...logarithmOf(does), isPole: true };
}
export function everywhere(): undefined {
  return undefined;
}

/** Whether the result has a property, given which arguments have it; conditions count as having it. */
export type Keeps = (args: readonly boolean[], literal: LiteralOf) => boolean;
export const always: Keeps = () => true;
export const never: Keeps = () => false;
export const whereAllDo: Keeps = (args) => args.every(Boolean);

export type ChainKind = 'sum' | 'product';
/**
 * What an operation is to a chain of terms or factors. `link`: its arguments continue the chain, inverted (subtracted, divided
 * by) where `inverts` says so. `power`: it is the first argument so many times as the second one says.
 */
export type Chain =
  | { readonly of: ChainKind; readonly role: 'link'; readonly inverts: readonly boolean[] }
  | { readonly of: ChainKind; readonly role: 'power' };

/**
 * Where arguments are sides of one value: what each has of it. `extreme`: the argument that equals it has all, the first one on a
 * tie; `squares`: as much as its square has of the sum of squares; `branches`: the second has all where the first holds, else the third.
 */
export type Sides = 'extreme' | 'squares' | 'branches';

/** `flat`: as one operation of all operands. `set`: so too, and how often an operand occurs does not matter. */
export type Nesting = 'apart' | 'flat' | 'set';
