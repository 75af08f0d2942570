import { symmetricEigen } from './eigen.ts';

/** Below this share of a column that the other columns leave unexplained, it counts as dependent on them. */
const RANK_TOLERANCE = 1e-11;
/** A column that takes part in a null direction with more than this component (of a unit vector) is not identifiable. */
const NULL_COMPONENT = 1e-5;

export interface SymmetricSolution {
  /** The solution; where the matrix is singular, the one of least norm in columns scaled to unit diagonal. */
  readonly x: Float64Array;
  readonly rank: number;
  /** For each column, whether the matrix determines its entry of `x` alone. */
  readonly identifiable: readonly boolean[];
}

export interface SymmetricInverse {
  /** The inverse, row-major; where the matrix is singular, the pseudo-inverse in columns scaled to unit diagonal. */
  readonly inverse: Float64Array;
  readonly rank: number;
  readonly identifiable: readonly boolean[];
}

/**
 * Solves A·x = b for a symmetric positive semi-definite A (row-major, n×n; only read), such as normal equations. Columns are
 * scaled to unit diagonal first, so units do not matter. Cholesky where A is regular, else an eigendecomposition that drops
 * the null directions and names the columns that take part in them.
 */
export function solveSymmetric(matrix: Float64Array, b: Float64Array, n: number): SymmetricSolution {
  const scale = diagonalScale(matrix, n);
  const scaled = scaleBoth(matrix, scale, n);
  const rhs = productOf(b, scale);
  const factor = cholesky(scaled, n, RANK_TOLERANCE);
  if (factor !== undefined) {
    const x = solveWithFactor(factor, rhs, n);
    return { x: productOf(x, scale), rank: n, identifiable: allTrue(n) };
  }
  const { inverse, rank, identifiable } = pseudoInverse(scaled, n);
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (inverse[i * n + j] as number) * (rhs[j] as number);
    x[i] = sum * (scale[i] as number);
  }
  return { x, rank, identifiable };
}

/** The inverse of a symmetric positive semi-definite matrix, for standard errors; see `solveSymmetric`. */
export function invertSymmetric(matrix: Float64Array, n: number): SymmetricInverse {
  const scale = diagonalScale(matrix, n);
  const scaled = scaleBoth(matrix, scale, n);
  const factor = cholesky(scaled, n, RANK_TOLERANCE);
  if (factor === undefined) {
    const pseudo = pseudoInverse(scaled, n);
    return { ...pseudo, inverse: scaleBoth(pseudo.inverse, scale, n) };
  }
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    const column = solveWithFactor(factor, unit, n);
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i] as number;
  }
  return { inverse: scaleBoth(inverse, scale, n), rank: n, identifiable: allTrue(n) };
}

/**
 * Lower Cholesky factor (row-major) of a symmetric matrix; undefined where a pivot falls to `tolerance` times its diagonal or
 * below, which includes indefinite matrices and NaN.
 */
export function cholesky(matrix: Float64Array, n: number, tolerance = 0): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const diagonal = matrix[j * n + j] as number;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= (l[j * n + k] as number) ** 2;
    if (!(pivot > tolerance * diagonal) || !(pivot < Number.POSITIVE_INFINITY)) return undefined;
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (l[i * n + k] as number) * (l[j * n + k] as number);
      l[i * n + j] = sum / root;
    }
  }
  return l;
}

/** Solves L·Lᵀ·x = b. */
function solveWithFactor(l: Float64Array, b: Float64Array, n: number): Float64Array {
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= (l[i * n + k] as number) * (x[k] as number);
    x[i] = sum / (l[i * n + i] as number);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < n; k++) sum -= (l[k * n + i] as number) * (x[k] as number);
    x[i] = sum / (l[i * n + i] as number);
  }
  return x;
}

function pseudoInverse(scaled: Float64Array, n: number): SymmetricInverse {
  const { values, vectors } = symmetricEigen(scaled, n);
  const limit = RANK_TOLERANCE * n;
  const inverse = new Float64Array(n * n);
  const identifiable = allTrue(n);
  let rank = 0;
  for (let k = 0; k < n; k++) {
    const value = values[k] as number;
    if (value > limit) {
      rank++;
      for (let i = 0; i < n; i++) {
        const vi = (vectors[i * n + k] as number) / value;
        for (let j = 0; j < n; j++)
          inverse[i * n + j] = (inverse[i * n + j] as number) + vi * (vectors[j * n + k] as number);
      }
    } else {
      for (let i = 0; i < n; i++) if (Math.abs(vectors[i * n + k] as number) > NULL_COMPONENT) identifiable[i] = false;
    }
  }
  return { inverse, rank, identifiable };
}

function diagonalScale(matrix: Float64Array, n: number): Float64Array {
  const scales = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const diagonal = matrix[i * n + i]!;
    const scale = 1 / Math.sqrt(diagonal);
    // A column of zeros, or one too small to square, keeps its place and counts as dependent.
    scales[i] = diagonal > 0 && scale < Number.POSITIVE_INFINITY ? scale : 1;
  }
  return scales;
}

function scaleBoth(matrix: Float64Array, scale: Float64Array, n: number): Float64Array {
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) scaled[i * n + j] = matrix[i * n + j]! * scale[i]! * scale[j]!;
  }
  return scaled;
}

function productOf(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) product[i] = a[i]! * b[i]!;
  return product;
}

function allTrue(n: number): boolean[] {
  return Array.from({ length: n }, () => true);
}
