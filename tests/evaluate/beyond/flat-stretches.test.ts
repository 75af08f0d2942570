import { describe, expect, it } from 'vitest';
import { flatStretches } from '../../../src/evaluate/beyond/flat-stretches.ts';
import type { ResponsePoint } from '../../../src/evaluate/beyond/response-curves.ts';

function points(...curve: readonly (readonly [us: number, floorUs: number])[]): readonly ResponsePoint[] {
  return curve.map(([us, floorUs], x): ResponsePoint => [x + 1, us, floorUs, us, us, 0]);
}

describe('flatStretches', () => {
  it.each([
    ['a prediction that rises with its floor', points([20, 10], [30, 20], [60, 40]), { rises: 2, flat: 0 }],
    ['one that does not rise at all', points([100, 10], [100, 20], [100, 40]), { rises: 2, flat: 2 }],
    ['one that rises by a twentieth as much', points([100, 10], [100.5, 20]), { rises: 1, flat: 1 }],
    ['one that is flat where its floor is', points([20, 10], [20, 10], [20, 10.05]), { rises: 0, flat: 0 }],
    ['one point', points([20, 10]), { rises: 0, flat: 0 }],
  ])('of %s', (_, promptTokens, expected) => {
    expect(flatStretches([{ group: 'all', model: 'm', promptTokens, contextTokens: [], requests: [] }])).toEqual(
      expected,
    );
  });
});
