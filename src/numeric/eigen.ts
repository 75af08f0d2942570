/** Eigenvalues ascending; `vectors[i * n + k]` is component `i` of the unit eigenvector of `values[k]`. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 60;

/**
 * Eigendecomposition of a symmetric matrix (row-major, n×n; only read) by cyclic Jacobi rotations: slower than QL on large
 * matrices, but the most accurate for small ones, small eigenvalues included.
 *
 * Source: Golub and Van Loan, "Matrix Computations", 4th ed., section 8.5.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotate(a, v, n, p, q) || rotated;
    }
    if (!rotated) break;
  }
  return sorted(a, v, n);
}

/** Zeroes a[p][q]; false where it is negligible against its diagonal already. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const apq = a[p * n + q] as number;
  const app = a[p * n + p] as number;
  const aqq = a[q * n + q] as number;
  // The test of Demmel and Veselić (1992): what it leaves perturbs small eigenvalues relatively, not absolutely.
  if (Math.abs(apq) <= Number.EPSILON * Math.sqrt(Math.abs(app * aqq)) || Math.abs(apq) < 1e-300) return false;
  const tau = (aqq - app) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p] as number;
    const akq = a[k * n + q] as number;
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k] as number;
    const aqk = a[q * n + k] as number;
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
    const vkp = v[k * n + p] as number;
    const vkq = v[k * n + q] as number;
    v[k * n + p] = c * vkp - s * vkq;
    v[k * n + q] = s * vkp + c * vkq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  return true;
}

function sorted(a: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => (a[i * n + i] as number) - (a[j * n + j] as number),
  );
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  for (const [k, from] of order.entries()) {
    values[k] = a[from * n + from] as number;
    for (let i = 0; i < n; i++) vectors[i * n + k] = v[i * n + from] as number;
  }
  return { values, vectors };
}
