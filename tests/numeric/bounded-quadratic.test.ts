import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedQuadratic, solveSymmetric } from '../../src/numeric/index.ts';

interface Problem {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

const number = fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4);
const N = 4;

/** ‖M·x − y‖², with fewer equations than unknowns at times, so that some directions are open; 0 is inside the bounds. */
const problems: fc.Arbitrary<Problem> = fc
  .record({
    rows: fc.array(fc.tuple(fc.array(number, { minLength: N, maxLength: N }), number), { minLength: 2, maxLength: 8 }),
    lower: fc.array(fc.constantFrom(0, -1, -Infinity), { minLength: N, maxLength: N }),
    upper: fc.array(fc.constantFrom(0, 0.3, 2, Infinity), { minLength: N, maxLength: N }),
  })
  .map(({ rows, lower, upper }) => {
    const a = new Float64Array(N * N);
    const b = new Float64Array(N);
    for (const [row, y] of rows) {
      for (let i = 0; i < N; i++) {
        b[i]! -= row[i]! * y;
        for (let j = 0; j < N; j++) a[i * N + j]! += row[i]! * row[j]!;
      }
    }
    return { a, b, lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
  });

function valueAt({ a, b }: Problem, x: ArrayLike<number>): number {
  let value = 0;
  for (let i = 0; i < N; i++) {
    value += b[i]! * x[i]!;
    for (let j = 0; j < N; j++) value += 0.5 * x[i]! * a[i * N + j]! * x[j]!;
  }
  return value;
}

/** The least value over all ways to hold each variable at a bound or at none. */
function leastByForce(problem: Problem): number {
  const { a, b, lower, upper } = problem;
  let least = Infinity;
  for (let code = 0; code < 3 ** N; code++) {
    const hold = Array.from({ length: N }, (_, i) => Math.floor(code / 3 ** i) % 3);
    const x = hold.map((how, i) => (how === 1 ? lower[i]! : how === 2 ? upper[i]! : 0));
    if (!x.every(Number.isFinite)) continue;
    const free = hold.flatMap((how, i) => (how === 0 ? [i] : []));
    const m = free.length;
    const part = Float64Array.from({ length: m * m }, (_, k) => a[free[Math.floor(k / m)]! * N + free[k % m]!]!);
    const right = Float64Array.from(free, (i) => -b[i]! - x.reduce((sum, value, j) => sum + a[i * N + j]! * value, 0));
    for (const [k, i] of free.entries()) x[i] = solveSymmetric(part, right, m).x[k]!;
    const inside = x.every((value, i) => value >= lower[i]! - 1e-9 && value <= upper[i]! + 1e-9);
    if (inside) least = Math.min(least, valueAt(problem, x));
  }
  return least;
}

describe('boundedQuadratic', () => {
  it('finds the least value that any set of held variables has, and keeps the bounds', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const x = boundedQuadratic(problem.a, problem.b, N, problem.lower, problem.upper);
        for (let i = 0; i < N; i++) {
          expect(x[i]).toBeGreaterThanOrEqual(problem.lower[i]!);
          expect(x[i]).toBeLessThanOrEqual(problem.upper[i]!);
        }
        const size = problem.b.reduce(
          (sum, value, i) => sum + value ** 2 / Math.max(problem.a[i * N + i]!, 1e-6),
          1e-9,
        );
        expect(valueAt(problem, x)).toBeLessThanOrEqual(leastByForce(problem) + 1e-7 * size);
      }),
      { numRuns: 400 },
    );
  });

  it('gives the bits of the free solution where nothing is bounded', () => {
    const open = new Float64Array(N).fill(Infinity);
    fc.assert(
      fc.property(problems, ({ a, b }) => {
        const x = boundedQuadratic(
          a,
          b,
          N,
          open.map((value) => -value),
          open,
        );
        expect([...x]).toEqual([
          ...solveSymmetric(
            a,
            b.map((value) => -value),
            N,
          ).x,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('moves along what a bound leaves free', () => {
    // (x + y − 1)² + (x − y − 3)²: x = 2, y = −1; with y at 0, x = 2.
    const x = boundedQuadratic(
      Float64Array.of(4, 0, 0, 4),
      Float64Array.of(-8, 4),
      2,
      Float64Array.of(0, 0),
      Float64Array.of(Infinity, Infinity),
    );
    expect([...x]).toEqual([2, 0]);
  });
});
