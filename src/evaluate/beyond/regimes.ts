/** What a batch is made of. */
export const REGIMES = ['decode', 'mixed', 'prefill'] as const;
export type Regime = (typeof REGIMES)[number];
export type PerRegime<T> = { readonly [R in Regime]: T };

/** Fewer rows of a regime say nothing of its tails; it then has those of all rows. */
const LEAST_ROWS = 20;

export function perRegime<T>(of: (regime: Regime) => T): PerRegime<T> {
  return Object.fromEntries(REGIMES.map((regime) => [regime, of(regime)])) as Record<Regime, T>;
}

/** Those of a regime where they are enough, else all. */
export function ofRegime<T extends { readonly regime: Regime }>(all: readonly T[], regime: Regime): readonly T[] {
  const own = all.filter((row) => row.regime === regime);
  return own.length < LEAST_ROWS ? all : own;
}

/** The regime of each batch, by its tokens; all decode where these are not known. */
export function regimesOf(
  columns: Readonly<Record<string, Float64Array | undefined>>,
  rows: number,
): readonly Regime[] {
  const { prefillTokens, decodeTokens } = columns;
  return Array.from({ length: rows }, (_, row): Regime => {
    if (!((prefillTokens?.[row] ?? 0) > 0)) return 'decode';
    return (decodeTokens?.[row] ?? 0) > 0 ? 'mixed' : 'prefill';
  });
}
