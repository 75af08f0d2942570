/**
 * What is known of serving points: each is a load of clients in closed loop with prompts and outputs of one length (or of lengths that
 * are uniform below it), and the means that were measured of it. The order of the columns is the one in which they are stored and hashed.
 */
export const POINT_COLUMNS = {
  clients: 'clients of one rank; each sends its next request when it has the answer to the last',
  promptTokens: 'longest prompt',
  outputTokens: 'longest output',
  leastShare: 'shortest lengths as a share of the longest, which they are uniform between; 1: all are equal',
  ttftUs: 'mean time to first token',
  tpotUs: 'mean time between output tokens',
} as const;

export type PointColumn = keyof typeof POINT_COLUMNS;

export const POINT_COLUMN_NAMES: readonly PointColumn[] = Object.freeze(Object.keys(POINT_COLUMNS) as PointColumn[]);

/** Serving points of one configuration as columns of equal length: first those that train, then those that validate, then the others. */
export type PointColumns = { readonly [K in PointColumn]: Float64Array };

/** One point. */
export type ServingPoint = { readonly [K in PointColumn]: number };

export function pointColumns(points: readonly ServingPoint[]): PointColumns {
  const columns = POINT_COLUMN_NAMES.map((name) => [name, Float64Array.from(points, (point) => point[name])]);
  return Object.freeze(Object.fromEntries(columns)) as PointColumns;
}

export function pointsOf(columns: PointColumns): readonly ServingPoint[] {
  return Array.from(
    columns.clients,
    (_, row) => Object.fromEntries(POINT_COLUMN_NAMES.map((name) => [name, columns[name][row]!])) as ServingPoint,
  );
}

/** Mean of lengths that are uniform below the longest. */
export function meanLength(longest: number, leastShare: number): number {
  return (longest * (1 + leastShare)) / 2;
}
