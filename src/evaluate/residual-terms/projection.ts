/** Below this share of a column that the others leave unexplained, it counts as one of them. */
const DEPENDENT = 1e-6;

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Takes from `column`, in place, what lies along a column of length 1. */
export function takeOut(column: Float64Array, unit: Float64Array): void {
  const share = dot(column, unit);
  for (let i = 0; i < column.length; i++) column[i]! -= share * unit[i]!;
}

/** An orthonormal basis of the span of some columns: modified Gram–Schmidt, dependent columns left out. The columns are overwritten. */
export function orthonormal(columns: readonly Float64Array[]): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const before = dot(column, column);
    for (const unit of basis) takeOut(column, unit);
    const after = dot(column, column);
    if (!(after > DEPENDENT * before) || !(before < Infinity)) continue;
    const length = Math.sqrt(after);
    basis.push(column.map((value) => value / length));
  }
  return basis;
}

/** What a column tells of a residual that is orthogonal to a basis. */
export interface Score {
  /** How much the sum of squares falls when the column is added with its best coefficient. */
  readonly gain: number;
  readonly coefficient: number;
}

const NOTHING: Score = { gain: 0, coefficient: 0 };

/** A residual to score columns against, orthogonal to a basis. */
export interface Regression {
  readonly residual: Float64Array;
  readonly basis: readonly Float64Array[];
}

/**
 * Scores columns against the residual of a regression, all other columns of which are refitted: of both only what is orthogonal to the
 * basis counts (Frisch and Waugh 1933). A column is multiplied by `scale`, row by row; that is done to what it is multiplied with
 * instead, so that the same columns serve every scale.
 *
 * @returns one answer for each of `columns`
 */
export function scoreColumns(
  columns: readonly Float64Array[],
  { residual, basis }: Regression,
  scale: Float64Array,
): readonly Score[] {
  const times = (values: Float64Array): Float64Array => values.map((value, i) => value * scale[i]!);
  const zeros = new Float64Array(scale.length);
  const along = times(residual);
  const squares = times(scale);
  const scaled = basis.map(times);
  // Four sums in one walk over a column take little more time than one.
  const fours = Array.from({ length: Math.ceil(basis.length / 4) }, (_, k): Four => {
    const [a = zeros, b = zeros, c = zeros, d = zeros] = scaled.slice(4 * k, 4 * k + 4);
    return [a, b, c, d];
  });
  return columns.map((column) => {
    let slope = 0;
    let norm = 0;
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      slope += value * along[i]!;
      norm += value * value * squares[i]!;
    }
    let left = norm;
    for (const four of fours) left -= squaredSums(column, four);
    if (!(left > DEPENDENT * norm) || !(norm < Infinity)) return NOTHING;
    return { gain: (slope * slope) / left, coefficient: slope / left };
  });
}

type Four = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** The sum of the squares of a column's products with four others. */
function squaredSums(column: Float64Array, [a, b, c, d]: Four): number {
  let [ofA, ofB, ofC, ofD] = [0, 0, 0, 0];
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    ofA += value * a[i]!;
    ofB += value * b[i]!;
    ofC += value * c[i]!;
    ofD += value * d[i]!;
  }
  return ofA * ofA + ofB * ofB + ofC * ofC + ofD * ofD;
}
