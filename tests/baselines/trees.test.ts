import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binColumns, MAX_BINS } from '../../src/baselines/trees/bins.ts';
import { boost, predictBooster } from '../../src/baselines/trees/boost.ts';
import { growTree } from '../../src/baselines/trees/tree.ts';
import { createRandom } from '../../src/numeric/index.ts';

interface Vectors {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly xTest: readonly (readonly number[])[];
  readonly cases: readonly { depth: number; trees: number; rate: number; predictions: readonly number[] }[];
}

const vectors = JSON.parse(readFileSync(new URL('xgboost-vectors.json', import.meta.url), 'utf8')) as Vectors;
function columnsOf(rows: readonly (readonly number[])[]): Float64Array[] {
  return rows[0]!.map((_, at) => Float64Array.from(rows, (row) => row[at]!));
}
const random = createRandom(1);
const EXACT = { minChildRows: 5, lambda: 1, rowShare: 1, columnShare: 1 };

describe('boosted trees', () => {
  it.each(vectors.cases)('predict what XGBoost predicts (depth $depth, $trees trees, rate $rate)', (reference) => {
    const booster = boost(columnsOf(vectors.x), Float64Array.from(vectors.y), { ...EXACT, ...reference }, random);
    const p = predictBooster(booster, columnsOf(vectors.xTest), vectors.xTest.length);
    for (const [row, expected] of reference.predictions.entries()) expect(p[row]! / expected).toBeCloseTo(1, 4);
  });

  it('give the same trees for the same stream, and others for another one', () => {
    const settings = { ...EXACT, rowShare: 0.8, columnShare: 0.8, depth: 3, trees: 5, rate: 0.1 };
    const columns = columnsOf(vectors.x);
    const y = Float64Array.from(vectors.y);
    expect(boost(columns, y, settings, random.split('a'))).toEqual(boost(columns, y, settings, random.split('a')));
    expect(boost(columns, y, settings, random.split('a'))).not.toEqual(boost(columns, y, settings, random.split('b')));
  });

  it('keep the least number of rows on each side of a split', () => {
    const x = Float64Array.from({ length: 9 }, (_, i) => i);
    const gradients = x.map((value) => (value < 4 ? 10 : -10));
    const rows = Int32Array.from(x);
    const settings = { depth: 4, minChildRows: 5, lambda: 1 };
    expect(growTree(binColumns([x]), gradients, rows, [0], settings).column).toEqual(Int32Array.of(-1));
    expect(growTree(binColumns([x]), gradients, rows, [0], { ...settings, minChildRows: 4 }).cut[0]).toBe(4);
  });
});

describe('binColumns', () => {
  it('gives each distinct value a bin where there are few', () => {
    const { bins, cuts } = binColumns([Float64Array.of(3, 1, 3, 7)]);
    expect([...bins[0]!]).toEqual([1, 0, 1, 2]);
    expect([...cuts[0]!]).toEqual([3, 7]);
  });

  it('never gives more bins than a byte counts, and keeps equal values together', () => {
    const column = Float64Array.from({ length: 5000 }, (_, i) => Math.floor(i ** 1.3 / 7));
    const { bins, cuts } = binColumns([column]);
    expect(cuts[0]!.length).toBeLessThan(MAX_BINS);
    expect(cuts[0]!.length).toBeGreaterThan(200);
    for (let i = 1; i < column.length; i++) if (column[i] === column[i - 1]) expect(bins[0]![i]).toBe(bins[0]![i - 1]);
    for (let i = 1; i < column.length; i++) expect(bins[0]![i]).toBeGreaterThanOrEqual(bins[0]![i - 1]!);
  });
});
