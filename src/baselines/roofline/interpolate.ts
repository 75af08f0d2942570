/** A measured value at a place of one or two coordinates. */
export interface Point {
  readonly at: readonly number[];
  readonly value: number;
}

/** Measurements below it were rounded to nothing. */
const LEAST = 1e-4;

/** The points with every value below 1e-4 replaced by that of the nearest point (in logarithms) that is not. */
export function withoutZeros(points: readonly Point[]): readonly Point[] {
  const measured = points.filter(({ value }) => value >= LEAST);
  if (measured.length === 0) return points.map(({ at }) => ({ at, value: LEAST }));
  const distance = (a: Point, b: Point): number =>
    Math.hypot(...a.at.map((x, i) => Math.log1p(x) - Math.log1p(b.at[i]!)));
  return points.map((point) => {
    if (point.value >= LEAST) return point;
    const nearest = measured.reduce((best, other) => (distance(point, other) < distance(point, best) ? other : best));
    return { at: point.at, value: nearest.value };
  });
}

/** Linear interpolation in the first coordinate, clamped at the ends. */
export function linear(points: readonly Point[], x: number): number {
  let below: Point | undefined;
  let above: Point | undefined;
  for (const point of points) {
    const at = point.at[0]!;
    if (at <= x && (below === undefined || at > below.at[0]!)) below = point;
    if (at >= x && (above === undefined || at < above.at[0]!)) above = point;
  }
  if (below === undefined || above === undefined) return (below ?? above)?.value ?? LEAST;
  const [low, high] = [below.at[0]!, above.at[0]!];
  return low === high ? below.value : below.value + ((x - low) / (high - low)) * (above.value - below.value);
}

/**
 * Interpolation in two coordinates, clamped at the ends: linear in the second at the measured firsts around `x`, then
 * linear between the two. The grid may have holes.
 */
export function bilinear(points: readonly Point[], x: number, y: number): number {
  const rows = new Map<number, Point[]>();
  for (const { at, value } of points) {
    const row = rows.get(at[0]!) ?? [];
    rows.set(at[0]!, row);
    row.push({ at: [at[1]!], value });
  }
  return linear(
    [...rows].map(([first, row]) => ({ at: [first], value: linear(row, y) })),
    x,
  );
}
