/** A program as far as the knee needs it: size and error, both minimised; the error in percent. */
export interface KneePoint {
  readonly id: string;
  readonly operations: number;
  readonly error: number;
}

/** The lowest error up to each number of operations, ascending in operations. */
export function lowerEnvelope<T extends KneePoint>(points: readonly T[]): readonly T[] {
  const ordered = points
    .filter(({ error }) => Number.isFinite(error) && error > 0)
    .toSorted((a, b) => a.operations - b.operations || a.error - b.error);
  const envelope: T[] = [];
  for (const point of ordered) {
    if (point.error < (envelope.at(-1)?.error ?? Number.POSITIVE_INFINITY)) envelope.push(point);
  }
  return envelope;
}

/** Distances from the chord that differ by less are the same; a front that is straight bulges by as much. */
const ROUNDING = 1e-12;

/**
 * The knee of a front: where more operations stop to buy much accuracy. It is the point of the lower envelope that lies
 * farthest below the chord between its ends, in operations against the logarithm of the error, both scaled to 0 … 1.
 * (Satopää et al. 2011, "Finding a 'kneedle' in a haystack".) Undefined where the envelope has fewer than three points or
 * bulges nowhere.
 */
export function kneeOf<T extends KneePoint>(points: readonly T[]): T | undefined {
  const envelope = lowerEnvelope(points);
  const first = envelope[0];
  const last = envelope.at(-1);
  if (first === undefined || last === undefined || envelope.length < 3) return undefined;
  const width = last.operations - first.operations;
  const height = Math.log(first.error / last.error);
  let knee: T | undefined;
  let farthest = 0;
  for (const point of envelope) {
    const x = (point.operations - first.operations) / width;
    const y = Math.log(first.error / point.error) / height;
    if (y - x <= farthest + ROUNDING) continue;
    farthest = y - x;
    knee = point;
  }
  return knee;
}
