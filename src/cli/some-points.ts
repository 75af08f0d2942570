/** A few of many points of a curve, evenly spread, both ends among them. */
export function somePoints<T>(points: readonly T[], count: number): readonly T[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, k) => points[Math.round((k * (points.length - 1)) / (count - 1))]!);
}

/** The curves of a program beyond its data, as people call them. */
export const CURVE_TITLES = [
  ['promptTokens', 'one uncached prompt, tokens'],
  ['contextTokens', '64 decodes, context each'],
  ['requests', 'decoding requests'],
] as const;
