import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantMape, foldMape } from '../../src/evaluate/screen.ts';

type Layout = Parameters<typeof constantMape>[0];
type Fold = Parameters<typeof constantMape>[1];

describe('the error of the best constant', () => {
  it('is not beaten by any other constant', () => {
    const parts = fc.array(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, (targets) => {
        const y = Float64Array.from(targets.flat());
        let start = 0;
        const fold = {
          rows: [0, y.length],
          parts: targets.map((own, experiment) => {
            const rows = [start, (start += own.length)] as const;
            return { experiment, rows, share: (1 + experiment) / 6 };
          }),
        } as unknown as Fold;
        const layout = { y } as unknown as Layout;
        const others = [...y].map((constant) => foldMape(layout, fold, () => constant));
        expect(constantMape(layout, fold)).toBeCloseTo(Math.min(...others), 12);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('weighs experiments by their share, whatever the number of their rows', () => {
    const layout = { y: Float64Array.of(10, 40, 40, 40) } as unknown as Layout;
    const fold = (share: number): Fold =>
      ({
        rows: [0, 4],
        parts: [
          { experiment: 0, rows: [0, 1], share },
          { experiment: 1, rows: [1, 4], share: 1 - share },
        ],
      }) as unknown as Fold;
    expect(foldMape(layout, fold(0.5), () => 20)).toBeCloseTo(0.5 * 1 + 0.5 * 0.5, 12);
    expect(constantMape(layout, fold(0.5))).toBeCloseTo(0.5 * 0.75, 12);
    expect(constantMape(layout, fold(0.1))).toBeCloseTo(0.1 * 3, 12);
  });
});
