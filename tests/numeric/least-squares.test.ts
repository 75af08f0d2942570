import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { describe, expect, it } from 'vitest';
import { createRandom, leastSquares, type LeastSquaresProblem } from '../../src/numeric/index.ts';

type Residuals = (p: Float64Array) => { r: number[]; jacobian: number[][] };

function half(r: readonly number[]): number {
  return 0.5 * r.reduce((s, value) => s + value * value, 0);
}

function problemOf(size: number, residuals: Residuals): LeastSquaresProblem {
  return {
    size,
    cost: (p) => half(residuals(p).r),
    normalEquations: (p, jtj, jtr) => {
      const { r, jacobian } = residuals(p);
      jtj.fill(0);
      jtr.fill(0);
      for (const [k, row] of jacobian.entries()) {
        for (let i = 0; i < size; i++) {
          jtr[i] = (jtr[i] ?? 0) + (row[i] ?? 0) * (r[k] ?? 0);
          for (let j = 0; j < size; j++) jtj[i * size + j] = (jtj[i * size + j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0);
        }
      }
      return half(r);
    },
  };
}

const rosenbrock = problemOf(2, ([x = 0, y = 0]) => ({
  r: [10 * (y - x * x), 1 - x],
  jacobian: [
    [-20 * x, 10],
    [-1, 0],
  ],
}));

/** NIST StRD Misra1a, certified values 2.3894212918E+02 and 5.5015643181E-04. */
const misra1a = ((): LeastSquaresProblem => {
  const y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78];
  const x = [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760];
  return problemOf(2, ([a = 0, b = 0]) => ({
    r: x.map((xi, i) => a * (1 - Math.exp(-b * xi)) - (y[i] ?? 0)),
    jacobian: x.map((xi) => [1 - Math.exp(-b * xi), a * xi * Math.exp(-b * xi)]),
  }));
})();

describe('leastSquares', () => {
  it('follows the valley of Rosenbrock’s function', () => {
    const { parameters, cost } = leastSquares(rosenbrock, Float64Array.of(-1.2, 1));
    expect(parameters[0]).toBeCloseTo(1, 8);
    expect(parameters[1]).toBeCloseTo(1, 8);
    expect(cost).toBeLessThan(1e-18);
  });

  it.each([[[500, 0.0001]], [[250, 0.0005]]])('reaches the certified values of Misra1a from %j', (start) => {
    const { parameters, cost } = leastSquares(misra1a, Float64Array.from(start), { maxIterations: 500 });
    expect((parameters[0] ?? 0) / 2.3894212918e2).toBeCloseTo(1, 6);
    expect((parameters[1] ?? 0) / 5.5015643181e-4).toBeCloseTo(1, 6);
    expect((2 * cost) / 1.2455138894e-1).toBeCloseTo(1, 8);
  });

  it('agrees with ml-levenberg-marquardt on a noisy exponential', () => {
    const random = createRandom(11);
    const x = Array.from({ length: 60 }, (_, i) => i / 10);
    const y = x.map((xi) => 4 * Math.exp(-0.7 * xi) + 1 + 0.05 * random.normal());
    const ours = leastSquares(
      problemOf(3, ([a = 0, b = 0, c = 0]) => ({
        r: x.map((xi, i) => a * Math.exp(-b * xi) + c - (y[i] ?? 0)),
        jacobian: x.map((xi) => [Math.exp(-b * xi), -a * xi * Math.exp(-b * xi), 1]),
      })),
      Float64Array.of(1, 1, 0),
    );
    const theirs = levenbergMarquardt(
      { x, y },
      ([a = 0, b = 0, c = 0]) =>
        (xi: number) =>
          a * Math.exp(-b * xi) + c,
      {
        initialValues: [1, 1, 0],
        maxIterations: 500,
        damping: 1e-3,
        errorTolerance: 0,
        centralDifference: true,
        gradientDifference: 1e-5,
      },
    );
    expect(2 * ours.cost).toBeLessThanOrEqual(theirs.parameterError * (1 + 1e-9));
    for (const [i, value] of theirs.parameterValues.entries())
      expect((ours.parameters[i] ?? 0) / value).toBeCloseTo(1, 3);
  });

  it('solves a linear problem whatever the units, in a few steps', () => {
    const line = problemOf(2, ([a = 0, b = 0]) => ({
      r: [0, 1, 2, 3].map((t) => a * 1e-6 + b * 1e6 * t - (2 + 3 * t)),
      jacobian: [0, 1, 2, 3].map((t) => [1e-6, 1e6 * t]),
    }));
    const { parameters, iterations } = leastSquares(line, Float64Array.of(1, 1));
    expect((parameters[0] ?? 0) / 2e6).toBeCloseTo(1, 8);
    expect((parameters[1] ?? 0) / 3e-6).toBeCloseTo(1, 8);
    expect(iterations).toBeLessThan(12);
  });

  it('never ends above its start, and says so when the start is not admissible', () => {
    const wall = problemOf(1, ([x = 0]) => ({ r: [Math.log(x)], jacobian: [[1 / x]] }));
    const good = leastSquares(wall, Float64Array.of(30));
    expect(good.parameters[0]).toBeCloseTo(1, 8);
    expect(leastSquares(wall, Float64Array.of(-1)).stop).toBe('start');
  });

  it('keeps a parameter without influence where it was', () => {
    const idle = problemOf(2, ([x = 0]) => ({ r: [x - 3], jacobian: [[1, 0]] }));
    const { parameters } = leastSquares(idle, Float64Array.of(0, 7));
    expect(parameters[0]).toBeCloseTo(3, 8);
    expect(parameters[1]).toBe(7);
  });

  it('keeps bounds and still moves along them', () => {
    const { parameters } = leastSquares(rosenbrock, Float64Array.of(-1.2, 1), {
      lower: Float64Array.of(-2, -2),
      upper: Float64Array.of(0.5, 2),
      maxIterations: 500,
    });
    expect(parameters[0]).toBe(0.5);
    expect(parameters[1]).toBeCloseTo(0.25, 6);
  });

  it('leaves its start alone', () => {
    const start = Float64Array.of(-1.2, 1);
    leastSquares(rosenbrock, start);
    expect([...start]).toEqual([-1.2, 1]);
  });
});
