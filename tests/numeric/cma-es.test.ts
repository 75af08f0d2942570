import { describe, expect, it } from 'vitest';
import { CmaEs, cmaParameters, createRandom, median, minimize } from '../../src/numeric/index.ts';

const sphere = (x: Float64Array): number => x.reduce((s, v) => s + v * v, 0);

const cigar = (x: Float64Array): number => 1e6 * sphere(x) + (1 - 1e6) * (x[0] ?? 0) ** 2;

const rosenbrock = (x: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a = 0, b = 0] = [x[i], x[i + 1]];
    sum += 100 * (a * a - b) ** 2 + (a - 1) ** 2;
  }
  return sum;
};

const rastrigin = (x: Float64Array): number => x.reduce((s, v) => s + v * v - 10 * Math.cos(2 * Math.PI * v) + 10, 0);

/** Condition 1e6, in a random orthonormal basis. */
function rotatedEllipsoid(n: number, seed: number): (x: Float64Array) => number {
  const random = createRandom(seed);
  const basis: number[][] = [];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
    return sum;
  };
  while (basis.length < n) {
    let v = Array.from({ length: n }, () => random.normal());
    for (const u of basis) {
      const along = dot(u, v);
      v = v.map((value, i) => value - along * (u[i] ?? 0));
    }
    const length = Math.sqrt(dot(v, v));
    basis.push(v.map((value) => value / length));
  }
  return (x) => basis.reduce((sum, u, i) => sum + 10 ** ((6 * i) / (n - 1)) * dot(u, x) ** 2, 0);
}

describe('minimize', () => {
  // Published behaviour of the reference implementation: median evaluations to 1e-9 over 15 seeds.
  it.each([
    ['sphere', 5, 3, 1, 752, (): ((x: Float64Array) => number) => sphere],
    ['sphere', 10, 3, 1, 1650, (): ((x: Float64Array) => number) => sphere],
    ['sphere', 20, 3, 1, 3036, (): ((x: Float64Array) => number) => sphere],
    ['cigar', 5, 3, 1, 1760, (): ((x: Float64Array) => number) => cigar],
    ['cigar', 10, 3, 1, 4210, (): ((x: Float64Array) => number) => cigar],
    ['cigar', 20, 3, 1, 8388, (): ((x: Float64Array) => number) => cigar],
    ['rotated ellipsoid', 10, 3, 1, 4240, (seed: number): ((x: Float64Array) => number) => rotatedEllipsoid(10, seed)],
    [
      'rotated ellipsoid',
      20,
      3,
      1,
      13_116,
      (seed: number): ((x: Float64Array) => number) => rotatedEllipsoid(20, seed),
    ],
    ['Rosenbrock', 10, 0, 0.5, 5305, (): ((x: Float64Array) => number) => rosenbrock],
    ['rotated ellipsoid', 5, 3, 1, 1512, (seed: number): ((x: Float64Array) => number) => rotatedEllipsoid(5, seed)],
    ['Rosenbrock', 5, 0, 0.5, 1664, (): ((x: Float64Array) => number) => rosenbrock],
  ])('needs the published evaluations on the %s in %d dimensions', (_name, n, start, sigma, published, make) => {
    const evaluations = Array.from({ length: 15 }, (_, seed) => {
      const result = minimize(make(seed), {
        mean: Array.from({ length: n }, () => start),
        sigma,
        random: createRandom(seed),
        target: 1e-9,
        maxEvaluations: 40_000,
      });
      return result.stop === 'target' ? result.evaluations : Number.POSITIVE_INFINITY;
    });
    expect(median(evaluations) / published).toBeGreaterThan(0.9);
    expect(median(evaluations) / published).toBeLessThan(1.1);
  });

  it('starts with a diagonal matrix where there are many dimensions, which suits a separable function', () => {
    const scaled = (x: Float64Array): number =>
      x.reduce((sum, v, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * v * v, 0);
    const evaluations = ([undefined, 0] as const).map((diagonalGenerations) => {
      const options = { mean: new Float64Array(30).fill(3), sigma: 1, random: createRandom(4), target: 1e-9 };
      const result = minimize(
        scaled,
        diagonalGenerations === undefined ? options : { ...options, diagonalGenerations },
      );
      expect(result.stop).toBe('target');
      return result.evaluations;
    });
    expect(evaluations[0]).toBeLessThan(0.6 * (evaluations[1] ?? 0));
  });

  it.each(['ipop', 'bipop'] as const)('finds the global optimum of Rastrigin’s function by %s restarts', (restarts) => {
    const result = minimize(rastrigin, {
      mean: [3, 3, 3, 3, 3],
      sigma: 2,
      random: createRandom(2),
      target: 1e-8,
      restarts,
      maxEvaluations: 100_000,
      lower: [-5, -5, -5, -5, -5],
      upper: [5, 5, 5, 5, 5],
    });
    expect(result.stop).toBe('target');
    expect(result.restarts).toBeGreaterThan(0);
  });

  it('gives the same result for the same seed', () => {
    const [first, again, other] = [4, 4, 5].map((seed) =>
      minimize(rosenbrock, { mean: [0, 0], sigma: 0.5, random: createRandom(seed), maxEvaluations: 300 }),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('evaluates inside the bounds only, and reaches an optimum on a bound', () => {
    const outside: Float64Array[] = [];
    const result = minimize(
      (x) => {
        if (x.some((v) => v < 1 || v > 4)) outside.push(x);
        return sphere(x);
      },
      { mean: [3, 3, 3], sigma: 1, random: createRandom(1), lower: [1, 1, 1], upper: [4, 4, 4], target: 3 + 1e-9 },
    );
    expect(outside).toEqual([]);
    expect(result.stop).toBe('target');
  });

  it('survives values that are not finite', () => {
    const result = minimize((x) => ((x[0] ?? 0) < 0 ? Number.NaN : sphere(x)), {
      mean: [2, 2],
      sigma: 1,
      random: createRandom(3),
      target: 1e-9,
      maxEvaluations: 5000,
    });
    expect(result.value).toBeLessThan(1e-9);
  });

  it('stops by its own criteria when there is nothing to gain', () => {
    const flat = minimize(() => 1, { mean: [0, 0], sigma: 1, random: createRandom(1) });
    expect(flat.stop).toBe('equal-fun-values');
    const done = minimize(sphere, { mean: [1, 1], sigma: 1, random: createRandom(1) });
    expect(['tol-fun', 'tol-x']).toContain(done.stop);
    expect(done.value).toBeLessThan(1e-12);
    const slope = minimize((x) => x[0] ?? 0, { mean: [0, 0], sigma: 1e-3, random: createRandom(1) });
    expect(slope.stop).toBe('tol-x-up');
  });

  it('works in one dimension', () => {
    const result = minimize((x) => ((x[0] ?? 0) - 7) ** 2, {
      mean: [0],
      sigma: 1,
      random: createRandom(1),
      target: 1e-9,
    });
    expect(result.x[0]).toBeCloseTo(7, 4);
  });
});

describe('CmaEs', () => {
  it('learns the best point it was told, and refuses another number of values', () => {
    const es = new CmaEs({ mean: [1, 1], sigma: 1, random: createRandom(1) });
    expect(es.best).toBeUndefined();
    const points = es.ask();
    expect(() => es.tell([1])).toThrow(RangeError);
    es.tell(points.map(sphere));
    expect(es.best?.value).toBe(Math.min(...points.map(sphere)));
    expect(es.generation).toBe(1);
  });

  it('refuses what it cannot start from', () => {
    const random = createRandom(1);
    expect(() => new CmaEs({ mean: [], sigma: 1, random })).toThrow(RangeError);
    expect(() => new CmaEs({ mean: [1], sigma: 0, random })).toThrow(RangeError);
    expect(() => new CmaEs({ mean: [1], sigma: 1, random, populationSize: 2 })).toThrow(RangeError);
  });
});

describe('cmaParameters', () => {
  it('keeps the laws of the tutorial: positive weights sum to 1, all sum so that C does not decay by itself', () => {
    for (const n of [1, 2, 5, 10, 40]) {
      const { weights, c1, cMu, muEff, populationSize } = cmaParameters(n);
      const positive = weights.filter((w) => w > 0).reduce((a, b) => a + b, 0);
      const total = weights.reduce((a, b) => a + b, 0);
      expect(positive).toBeCloseTo(1, 12);
      expect(total).toBeGreaterThanOrEqual(-c1 / cMu - 1e-12);
      expect(c1 + cMu).toBeLessThanOrEqual(1);
      expect(muEff).toBeGreaterThan(0.25 * populationSize);
      expect(muEff).toBeLessThan(0.4 * populationSize);
    }
  });
});
