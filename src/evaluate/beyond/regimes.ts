/** What a batch is made of. */
export const REGIMES = ['decode', 'mixed', 'prefill'] as const;
export type Regime = (typeof REGIMES)[number];

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
