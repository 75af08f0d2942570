import type { Criteria } from './entry.ts';

/** Where each criterion stops to count: the reference point of the hypervolume. */
const REFERENCE: Criteria = { operations: 51, features: 16, error: 100 };

interface Box {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

function scaled(o: Criteria): Box {
  return {
    x: Math.min(1, Math.max(0, o.operations / REFERENCE.operations)),
    y: Math.min(1, Math.max(0, o.features / REFERENCE.features)),
    z: Math.min(1, Math.max(0, o.error / REFERENCE.error)),
  };
}

/** Area between a set of points and (1, 1), both coordinates minimised. */
function area(points: readonly Box[]): number {
  const byX = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  let sum = 0;
  let lowestY = 1;
  for (const { x, y } of byX) {
    if (y >= lowestY) continue;
    sum += (1 - x) * (lowestY - y);
    lowestY = y;
  }
  return sum;
}

/**
 * Exact dominated hypervolume of (operations, features, error), each divided by the reference point, so that it lies in
 * 0 … 1; larger is better. Slices along the error, each the area that the points up to there dominate (Zitzler 1999).
 */
export function hypervolume(points: readonly Criteria[]): number {
  const byError = points.map(scaled).sort((a, b) => a.z - b.z);
  let sum = 0;
  for (let i = 0; i < byError.length; i++) {
    const from = (byError[i] as Box).z;
    const to = byError[i + 1]?.z ?? 1;
    if (to > from) sum += (to - from) * area(byError.slice(0, i + 1));
  }
  return sum;
}
