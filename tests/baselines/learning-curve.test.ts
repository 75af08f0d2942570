import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LearningCurves, learningCurves, type Predictor, trainingData } from '../../src/baselines/index.ts';
import { blackbox, naiveMean } from '../../src/baselines/formulas.ts';
import { shippedProgram } from '../../src/baselines/fitted-program.ts';
import { drawBlocks } from '../../src/baselines/learning-curve/row-blocks.ts';
import { someOfData, someOfTable } from '../../src/baselines/learning-curve/some-rows.ts';
import { buildTable, makeDataset } from '../../src/data/index.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { smallDataset } from './sample.ts';

const PROGRAM = shippedProgram(`
/** A line. */
export const constants = { a: 9000, b: 30 };
export function predictStepTime(batch, c) { return c.a + c.b * batch.decodeTokens; }
`);

describe('a share of rows', () => {
  const shares = fc.constantFrom(1 / 16, 1 / 8, 1 / 4, 1 / 2, 1);

  it('is that share but for a block, in time, and within every larger share of the same draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), shares, fc.integer(), (rows, share, seed) => {
        const of = (part: number): readonly number[] => drawBlocks(rows, part, createRandom(seed));
        const some = of(share);
        expect(Math.abs(some.length - share * rows)).toBeLessThanOrEqual(Math.max(1, 1.5 * Math.ceil(rows / 64)));
        expect(some.every((row, at) => row < rows && (at === 0 || row > some[at - 1]!))).toBe(true);
        const more = new Set(of(Math.min(1, 2 * share)));
        expect(some.every((row) => more.has(row))).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('has neighbours together and is spread over the whole time', () => {
    const some = drawBlocks(640, 1 / 4, createRandom(3));
    expect(some).toHaveLength(160);
    // Blocks of ten: within one there is no gap.
    const gaps = some.filter((row, at) => at > 0 && row > some[at - 1]! + 1).length;
    expect(gaps).toBeLessThan(16);
    expect(some[0]).toBeLessThan(160);
    expect(some.at(-1)).toBeGreaterThan(480);
  });

  it('is the same rows for programs and for baselines', async () => {
    const dataset = await smallDataset();
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
    const rows = someOfTable(table, 1 / 8, createRandom(2));
    const data = someOfData(trainingData(dataset, 'cycle'), 1 / 8, createRandom(2));
    expect(rows.experiments.map(({ rows: { train } }) => [...rows.y.subarray(...train)])).toEqual(
      data.train.map(({ y }) => [...y]),
    );
    const validation = (of: typeof table): readonly number[] =>
      of.experiments.map(({ rows: { valid } }) => valid[1] - valid[0]);
    expect(validation(rows)).toEqual(validation(table));
  });
});

describe('learning curves', { timeout: 60_000 }, () => {
  const curvesOf = async (baselines: readonly Predictor[]): Promise<LearningCurves> => {
    const dataset = makeDataset('one', (await smallDataset()).experiments.slice(0, 1));
    const found = await learningCurves(
      {
        program: PROGRAM,
        settings: { ...DEFAULT_EVALUATE_SETTINGS, jobs: 2, objective: 'mape' },
        table: buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] }),
        data: trainingData(dataset, 'cycle'),
      },
      baselines,
      () => {},
      { shares: [1 / 8, 1], repeats: 2 },
    );
    if ('impossible' in found) throw new Error(found.impossible);
    return found;
  };

  const silent: Predictor = {
    ...naiveMean('global'),
    name: 'silent',
    fit: () => ({ parameters: 0, notes: [], predict: () => undefined }),
  };

  it('go from few rows to all, with the range over draws', async () => {
    const { curves, experiments } = await curvesOf([blackbox('model'), silent]);
    expect(experiments).toHaveLength(1);
    expect(curves.map(({ name, kind }) => [name, kind])).toEqual([
      ['the program', 'program'],
      ['blackbox-model', 'baseline'],
      ['silent', 'baseline'],
    ]);
    // What does not predict has no error.
    const errors = curves[2]!.points.map(({ mape, low, high, repeats }) => [mape, low, high, repeats]);
    expect(errors).toEqual(Array.from({ length: 2 }, () => [null, null, null, 0]));
    for (const { points } of curves.slice(0, 2)) {
      expect(points.map(({ share, repeats }) => [share, repeats])).toEqual([
        [1 / 8, 2],
        [1, 1],
      ]);
      for (const { mape, low, high } of points) {
        expect(low!).toBeLessThanOrEqual(mape!);
        expect(high!).toBeGreaterThanOrEqual(mape!);
      }
      // One draw says nothing of a range, few rows say more of chance.
      const width = ({ low, high }: (typeof points)[number]): number => high! - low!;
      expect(width(points[1]!)).toBe(0);
      expect(width(points[0]!)).toBeGreaterThan(0);
    }
    expect(curves[0]!.points.map(({ rows }) => rows)).toEqual(curves[1]!.points.map(({ rows }) => rows));
  });
});
