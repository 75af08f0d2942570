import { describe, expect, it } from 'vitest';
import { CMA_CASES, rastrigin, rastriginSuccesses, rosenbrock, sphere } from '../../benchmarks/cma.ts';
import { CmaEs, cmaParameters, createRandom, minimize } from '../../src/numeric/index.ts';

describe('minimize', () => {
  it.each(CMA_CASES.map((each) => [each.name, each.dimensions, each] as const))(
    'needs the published evaluations on the %s in %d dimensions',
    (_name, dimensions, { published, medianEvaluations }) => {
      // In many dimensions a run takes long, and one is much like another.
      const ratio = medianEvaluations(dimensions < 20 ? 15 : 5) / published;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    },
  );

  it('finds the global optimum of Rastrigin’s function in ten dimensions by BIPOP, whatever the seed', {
    timeout: 120_000,
  }, () => {
    expect(rastriginSuccesses(4)).toBe(4);
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

  it('ranks points of equal value, infinite ones too, in the order in which they were drawn', () => {
    const after = (valueOf: (i: number) => number): readonly Float64Array[] => {
      const es = new CmaEs({ mean: [1, 1, 1], sigma: 1, random: createRandom(1) });
      es.tell(es.ask().map((_, i) => valueOf(i)));
      return [es.mean, ...es.ask()];
    };
    const inOrder = after((i) => i);
    expect(after(() => 7)).toEqual(inOrder);
    expect(after(() => Infinity)).toEqual(inOrder);
    expect(after((i) => -i)).not.toEqual(inOrder);
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
