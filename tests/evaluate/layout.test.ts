import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, quantile } from '../../src/numeric/index.ts';
import { timeBlocks } from '../../src/evaluate/blocks.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { blendRows, raiseTokens } from '../../src/evaluate/probes.ts';
import { stratifiedSample } from '../../src/evaluate/sample.ts';
import { tableOf } from './tables.ts';

const table = tableOf((row) => 10 + row.tokens, { rows: 60, noise: 0.5 });

describe('layoutTable', () => {
  const layout = layoutTable(table, { scope: 'model', sampleRows: 200 }, createRandom(3));

  it('regroups the rows without changing them', () => {
    for (const group of layout.groups) {
      for (const split of ['train', 'valid', 'test'] as const) {
        for (const { experiment, rows } of group[split].parts) {
          const [from, to] = table.experiments[experiment]?.rows[split] ?? [0, 0];
          expect([...layout.y.subarray(...rows)]).toEqual([...table.y.subarray(from, to)]);
          for (const [k, column] of table.columns.entries()) {
            expect([...(layout.columns[k] as Float64Array).subarray(...rows)]).toEqual([...column.subarray(from, to)]);
          }
        }
      }
    }
    expect(layout.groups.map((group) => group.train.parts.map((part) => part.experiment))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('has a middle subsample around the small one where there are many more rows', () => {
    expect(layout.groups.map((group) => group.middle)).toEqual([undefined, undefined]);
    const large = tableOf((row) => 10 + row.tokens, { rows: 10_000, experiments: 2, noise: 0.5 });
    const { groups, y } = layoutTable(large, { scope: 'model', sampleRows: 200 }, createRandom(3));
    for (const { sample, middle, train } of groups) {
      expect((middle?.rows[1] ?? 0) - (middle?.rows[0] ?? 0)).toBe(4000);
      const inMiddle = new Set(y.subarray(...(middle?.rows ?? [0, 0])));
      const inTrain = new Set(y.subarray(...train.rows));
      expect([...y.subarray(...sample.rows)].every((value) => inMiddle.has(value))).toBe(true);
      expect([...inMiddle].every((value) => inTrain.has(value))).toBe(true);
    }
  });

  it('depends on the seed only in its sample, probes and pairs', () => {
    const other = layoutTable(table, { scope: 'model', sampleRows: 200 }, createRandom(4));
    const again = layoutTable(table, { scope: 'model', sampleRows: 200 }, createRandom(3));
    expect(again.columns).toEqual(layout.columns);
    const [group] = layout.groups;
    const [start, end] = group?.train.rows ?? [0, 0];
    expect(other.y.subarray(start, end)).toEqual(layout.y.subarray(start, end));
    expect(other.columns).not.toEqual(layout.columns);
  });
});

describe('stratifiedSample', () => {
  it('keeps order and the spread of the target', () => {
    const rows = Array.from({ length: 600 }, (_, i) => i);
    const y = Float64Array.from(rows, (i) => ((i * 7919) % 600) ** 3);
    const chosen = stratifiedSample(rows, y, 60, createRandom(1));
    expect(chosen).toHaveLength(60);
    expect([...chosen].sort((a, b) => a - b)).toEqual(chosen);
    const of = (q: number): number =>
      Math.cbrt(
        quantile(
          Float64Array.from(chosen, (row) => y[row] ?? 0),
          q,
        ),
      );
    for (const q of [0, 0.1, 0.5, 0.9, 1]) expect(Math.abs(of(q) - 600 * q)).toBeLessThan(15);
  });

  it('is all rows where there are few', () => {
    expect(stratifiedSample([4, 5], Float64Array.of(0, 0, 0, 0, 1, 1), 5, createRandom(1))).toEqual([4, 5]);
  });
});

describe('probes', () => {
  const linear = {
    features: table.features.map((feature) => ({ ...feature, range: [-1e9, 1e9] as const })),
    columns: [Float64Array.of(1, 2, 5), Float64Array.of(3, 5, 11), Float64Array.of(0, 0, 0)],
  };

  it('keep linear relations between features', () => {
    const [a = [], b = []] = blendRows(linear, [0, 1, 2], 50, createRandom(1));
    expect(a).toHaveLength(50);
    for (const [i, value] of a.entries()) expect(b[i]).toBeCloseTo(2 * value + 1, 9);
  });

  it('stay in the ranges of the features and reach beyond the rows', () => {
    const [column = []] = blendRows({ ...linear, features: table.features }, [0, 1, 2], 200, createRandom(1));
    expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...column)).toBeGreaterThan(5);
  });

  it('raise what grows with the batch, together', () => {
    const features = [
      { name: 'a', unit: 'tokens', meaning: '', range: [0, 1] },
      { name: 'b', unit: 'µs', meaning: '', range: [0, 1] },
      { name: 'c', unit: 'layers', meaning: '', range: [0, 1] },
      { name: 'd', unit: 'tokens²', meaning: '', range: [0, 1] },
    ] as const;
    const columns = [100, 2, 32, 400].map((value) => Float64Array.of(7, value));
    expect(raiseTokens({ features, columns }, [1]).map((column) => [...column])).toEqual([[105], [2.1], [32], [441]]);
  });
});

describe('timeBlocks', () => {
  it('cover the rows in order, equal in size by one', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (start, length) => {
        const blocks = timeBlocks([start, start + length]);
        expect(blocks.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
          Array.from({ length }, (_, i) => start + i),
        );
        const sizes = blocks.map(([from, to]) => to - from);
        expect(blocks).toHaveLength(Math.min(5, length));
        expect(Math.max(0, ...sizes.map((size) => Math.abs(size - length / 5)))).toBeLessThan(length < 5 ? 2 : 1);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
