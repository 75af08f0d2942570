import { createRandom, median, minimize, type Random } from '../src/numeric/index.ts';

interface CmaCase {
  readonly name: string;
  readonly dimensions: number;
  /** Median evaluations of the reference implementation. */
  readonly published: number;
  /** To 1e-9, over some seeds, by default 15; infinite where most do not get there. */
  medianEvaluations(seeds?: number): number;
}

type Objective = (x: Float64Array) => number;

export const sphere: Objective = (x) => x.reduce((sum, v) => sum + v * v, 0);
const cigar: Objective = (x) => 1e6 * sphere(x) + (1 - 1e6) * (x[0] as number) ** 2;
export const rosenbrock: Objective = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    sum += 100 * ((x[i] as number) ** 2 - (x[i + 1] as number)) ** 2 + ((x[i] as number) - 1) ** 2;
  }
  return sum;
};
export const rastrigin: Objective = (x) => x.reduce((sum, v) => sum + v * v - 10 * Math.cos(2 * Math.PI * v) + 10, 0);

/** Condition 1e6, in a random orthonormal basis. */
function rotatedEllipsoid(n: number, random: Random): Objective {
  const basis: number[][] = [];
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (a[i] as number) * (b[i] as number);
    return sum;
  };
  while (basis.length < n) {
    let v = Array.from({ length: n }, () => random.normal());
    for (const u of basis) {
      const along = dot(u, v);
      v = v.map((value, i) => value - along * (u[i] as number));
    }
    const length = Math.sqrt(dot(v, v));
    basis.push(v.map((value) => value / length));
  }
  return (x) => basis.reduce((sum, u, i) => sum + 10 ** ((6 * i) / (n - 1)) * dot(u, x) ** 2, 0);
}

const CASES = [
  { name: 'sphere', start: 3, sigma: 1, make: () => sphere, published: [752, 1650, 3036] },
  { name: 'rotated ellipsoid', start: 3, sigma: 1, make: rotatedEllipsoid, published: [1512, 4240, 13_116] },
  { name: 'cigar', start: 3, sigma: 1, make: () => cigar, published: [1760, 4210, 8388] },
  { name: 'Rosenbrock', start: 0, sigma: 0.5, make: () => rosenbrock, published: [1664, 5305, 16_248] },
] as const;
const DIMENSIONS = [5, 10, 20] as const;
const SEEDS = 15;

/** The functions, each in some dimensions, with what the reference implementation needs. */
export const CMA_CASES: readonly CmaCase[] = CASES.flatMap(({ name, start, sigma, make, published }) =>
  DIMENSIONS.map((dimensions, k) => ({
    name,
    dimensions,
    published: published[k] as number,
    medianEvaluations: (seeds = SEEDS) => {
      const evaluations = Array.from({ length: seeds }, (_, seed) => {
        const random = createRandom(100 + seed);
        const mean = new Float64Array(dimensions).fill(start);
        const options = { mean, sigma, random, target: 1e-9, maxEvaluations: 60_000 };
        const result = minimize(make(dimensions, random.split('rotation')), options);
        return result.stop === 'target' ? result.evaluations : Number.POSITIVE_INFINITY;
      });
      return median(evaluations);
    },
  })),
);

/** Of so many seeds, how many reach 1e-8 on Rastrigin's function in 10 dimensions, with BIPOP restarts uniform in [−5, 5]. */
export function rastriginSuccesses(count: number = 11): number {
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  const startPoint = (random: Random): Float64Array => {
    return Float64Array.from({ length: 10 }, () => 10 * random.uniform() - 5);
  };
  return seeds.filter((seed) => {
    const random = createRandom(seed);
    const options = { mean: startPoint(random), sigma: 2, random, target: 1e-8, startPoint, maxEvaluations: 600_000 };
    return minimize(rastrigin, { ...options, restarts: 'bipop' }).stop === 'target';
  }).length;
}
