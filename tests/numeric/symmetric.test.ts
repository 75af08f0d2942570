import * as fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { cholesky, createRandom, invertSymmetric, solveSymmetric, symmetricEigen } from '../../src/numeric/index.ts';

function dot(u: readonly number[], v: readonly number[]): number {
  return u.reduce((s, value, i) => s + value * (v[i] ?? 0), 0);
}

/** XᵀX and Xᵀy of a design with the given columns. */
function normal(columns: readonly (readonly number[])[], y: readonly number[]): { a: Float64Array; b: Float64Array } {
  return {
    a: Float64Array.from(columns.flatMap((u) => columns.map((v) => dot(u, v)))),
    b: Float64Array.from(columns, (u) => dot(u, y)),
  };
}

function randomDesign(seed: number, n: number, rows: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: n }, (_, j) => Array.from({ length: rows }, () => random.normal() * 10 ** (j - 2)));
}

describe('solveSymmetric', () => {
  it('recovers the coefficients of a regular system whatever the units of its columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 8 }), (seed, n) => {
        const columns = randomDesign(seed, n, 40);
        const truth = columns.map((_, j) => (j + 1) * 10 ** (2 - j));
        const y = Array.from({ length: 40 }, (_, i) =>
          columns.reduce((s, c, j) => s + (c[i] ?? 0) * (truth[j] ?? 0), 0),
        );
        const { a, b } = normal(columns, y);
        const { x, rank, identifiable } = solveSymmetric(a, b, n);
        expect(rank).toBe(n);
        expect(identifiable).toEqual(columns.map(() => true));
        for (const [j, value] of truth.entries()) expect((x[j] ?? 0) / value).toBeCloseTo(1, 8);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('names every column of a dependency, only those, and still fits', () => {
    const [first = [], second = [], free = []] = randomDesign(4, 3, 30);
    const both = first.map((value, i) => value + 2 * (second[i] ?? 0));
    const y = first.map((value, i) => 3 * value - (second[i] ?? 0) + 5 * (free[i] ?? 0));
    const { a, b } = normal([first, second, both, free], y);
    const { x, rank, identifiable } = solveSymmetric(a, b, 4);
    expect(rank).toBe(3);
    expect(identifiable).toEqual([false, false, false, true]);
    expect(x[3]).toBeCloseTo(5, 6);
    for (const [i, value] of y.entries()) {
      const fitted =
        (x[0] ?? 0) * (first[i] ?? 0) +
        (x[1] ?? 0) * (second[i] ?? 0) +
        (x[2] ?? 0) * (both[i] ?? 0) +
        (x[3] ?? 0) * (free[i] ?? 0);
      expect(fitted).toBeCloseTo(value, 6);
    }
  });

  it('calls a column dependent when the others explain all of it but a share of 1e-11', () => {
    /** Two columns of unit length of which one leaves this share of the other unexplained. */
    const rankAt = (share: number): number => {
      const r = Math.sqrt(1 - share);
      return solveSymmetric(Float64Array.of(1, r, r, 1), Float64Array.of(1, 1), 2).rank;
    };
    expect(rankAt(1e-10)).toBe(2);
    expect(rankAt(1e-12)).toBe(1);
  });

  it('gives zero to a column of zeros and calls it unidentifiable', () => {
    const { x, identifiable } = solveSymmetric(Float64Array.of(4, 0, 0, 0), Float64Array.of(8, 0), 2);
    expect([...x]).toEqual([2, 0]);
    expect(identifiable).toEqual([true, false]);
  });
});

describe('invertSymmetric', () => {
  it('inverts a regular matrix', () => {
    const { a } = normal(
      randomDesign(9, 5, 30),
      Array.from({ length: 30 }, () => 0),
    );
    const { inverse } = invertSymmetric(a, 5);
    const product = new Matrix(rowsOf(a, 5)).mmul(new Matrix(rowsOf(inverse, 5)));
    for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) expect(product.get(i, j)).toBeCloseTo(i === j ? 1 : 0, 8);
  });

  it('keeps the identified part of a singular matrix', () => {
    const { inverse, rank, identifiable } = invertSymmetric(Float64Array.of(2, 0, 0, 0, 1, 1, 0, 1, 1), 3);
    expect(rank).toBe(2);
    expect(identifiable).toEqual([true, false, false]);
    expect(inverse[0]).toBeCloseTo(0.5, 12);
  });
});

describe('cholesky', () => {
  it('refuses what is not positive definite', () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeUndefined();
  });
});

describe('symmetricEigen', () => {
  it('rebuilds the matrix from orthonormal vectors, and agrees with ml-matrix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 12 }), (seed, n) => {
        const random = createRandom(seed);
        const a = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) {
            a[i * n + j] = random.normal();
            a[j * n + i] = a[i * n + j] ?? 0;
          }
        }
        const { values, vectors } = symmetricEigen(a, n);
        const reference = new EigenvalueDecomposition(new Matrix(rowsOf(a, n)), { assumeSymmetric: true })
          .realEigenvalues;
        reference.sort((x, y) => x - y);
        for (let k = 0; k < n; k++) expect(values[k]).toBeCloseTo(reference[k] ?? Number.NaN, 10);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let rebuilt = 0;
            let product = 0;
            for (let k = 0; k < n; k++) {
              rebuilt += (vectors[i * n + k] ?? 0) * (values[k] ?? 0) * (vectors[j * n + k] ?? 0);
              product += (vectors[k * n + i] ?? 0) * (vectors[k * n + j] ?? 0);
            }
            expect(rebuilt).toBeCloseTo(a[i * n + j] ?? 0, 10);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
          }
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('finds small eigenvalues beside large ones to their own precision', () => {
    const { values } = symmetricEigen(Float64Array.of(1e12, 1e4, 1e4, 1), 2);
    expect(values[0]).toBeCloseTo(1 - 1e-4, 6);
  });
});

function rowsOf(a: Float64Array, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, (i + 1) * n)));
}
