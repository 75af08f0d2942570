import { type Interval, interval } from '../interval.ts';

export type ReductionName = 'sum' | 'max';

/** One row of the table of reductions: all that any stage knows of one. There are no optional columns. */
export interface ReductionOp {
  /** What stands before the first request, and what an empty batch gives. */
  readonly start: number;
  readonly ofNone: number;
  readonly join: (value: number, next: number) => number;
  /** Encloses the result from the values of the body and the most requests that a batch may have. */
  readonly interval: (body: Interval, most: number) => Interval;
  /** Whether many requests of size 1 count as requests: what has no unit in the body then has one in the result. */
  readonly countsRequests: boolean;
  /** One line, with the body's text. */
  readonly meaning: (body: string) => string;
  /** Sign on paper. */
  readonly sign: { readonly latex: string; readonly mathml: string };
  /** Go: the variable before the loop, in the loop, and after it. */
  readonly go: {
    readonly before: (variable: string) => readonly string[];
    readonly inside: (variable: string, value: string) => string;
    readonly after: (variable: string) => readonly string[];
  };
}

/** What `batch.<name>((r) => …)` may be. A new one takes a name and a row here; nothing else lists them. */
export const REDUCTIONS: Readonly<Record<ReductionName, ReductionOp>> = Object.freeze({
  sum: {
    start: 0,
    ofNone: 0,
    join: (value, next) => value + next,
    interval: ({ lo, hi, mayBeNaN }, most) =>
      interval(lo < 0 ? lo * most : 0, hi > 0 ? hi * most : 0, mayBeNaN || (lo === -Infinity && hi === Infinity)),
    countsRequests: true,
    meaning: (body) => `sum of ${body} over the requests r of the batch`,
    sign: { latex: '\\sum_{r}', mathml: '<munder><mo>∑</mo><mi>r</mi></munder>' },
    go: {
      before: (variable) => [`var ${variable} float64`],
      inside: (variable, value) => `${variable} += ${value}`,
      after: () => [],
    },
  },
  max: {
    start: -Infinity,
    ofNone: 0,
    join: (value, next) => Math.max(value, next),
    // An empty batch gives 0.
    interval: ({ lo, hi, mayBeNaN }) => interval(Math.min(lo, 0), Math.max(hi, 0), mayBeNaN),
    countsRequests: false,
    meaning: (body) => `largest ${body} of a request r of the batch; 0 without requests`,
    sign: { latex: '\\max_{r}', mathml: '<munder><mo>max</mo><mi>r</mi></munder>' },
    go: {
      before: (variable) => [`${variable} := math.Inf(-1)`],
      inside: (variable, value) => `${variable} = max(${variable}, ${value})`,
      after: (variable) => [`if math.IsInf(${variable}, -1) {`, `\t${variable} = 0`, '}'],
    },
  },
});

export const REDUCTION_NAMES: readonly ReductionName[] = Object.freeze(Object.keys(REDUCTIONS) as ReductionName[]);

export function isReductionName(name: string): name is ReductionName {
  return Object.hasOwn(REDUCTIONS, name);
}
