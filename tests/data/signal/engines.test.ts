import { describe, expect, it } from 'vitest';
import { separateEngines } from '../../../src/data/signal/engines.ts';
import { createRandom } from '../../../src/numeric/index.ts';
import { range } from '../sample.ts';

/** Steps of one engine: ids from `first`, `stride` apart, starts every 10 ms from `startMs`. */
function engine(count: number, { first = 1, stride = 1, startMs = 0 }): { ids: number[]; startMs: number[] } {
  return {
    ids: range(0, count).map((at) => first + at * stride),
    startMs: range(0, count).map((at) => startMs + at * 10),
  };
}

function separated(ids: readonly number[], startMs: readonly number[], labels?: readonly string[]) {
  return separateEngines({
    stepId: Float64Array.from(ids),
    startNs: Float64Array.from(startMs, (ms) => ms * 1e6),
    labels,
  });
}

describe('engines', () => {
  it('are one where start times ascend with the ids', () => {
    const { ids, startMs } = engine(20, {});
    expect(separated(ids, startMs)).toEqual({ engines: new Float64Array(20), count: 1 });
    expect(separated([...ids].reverse(), [...startMs].reverse())).toMatchObject({ count: 1 });
    expect(separated([], [])).toMatchObject({ count: 1 });
  });

  it('stay one where a clock was set back once', () => {
    const { ids, startMs } = engine(20, {});
    const setBack = startMs.map((ms, at) => (at < 10 ? ms : ms - 15));
    expect(separated(ids, setBack)).toMatchObject({ count: 1 });
    expect(
      separated(
        ids,
        startMs.map((ms, at) => (at < 10 ? ms : ms - 5000)),
      ),
    ).toMatchObject({ count: 1 });
  });

  it('are told apart by what the source says', () => {
    const { ids, startMs } = engine(4, {});
    const found = separated([...ids, ...ids], [...startMs, ...startMs], '1 1 1 1 0 0 0 0'.split(' '));
    expect(found).toEqual({ engines: Float64Array.of(1, 1, 1, 1, 0, 0, 0, 0), count: 2 });
  });

  it('are ranks that take turns with one counter of steps', () => {
    const even = engine(10, { first: 2, stride: 2, startMs: 0 });
    const odd = engine(10, { first: 1, stride: 2, startMs: 4 });
    const found = separated([...even.ids, ...odd.ids], [...even.startMs, ...odd.startMs]);
    expect(found).toMatchObject({ count: 2 });
    const { engines } = found as { engines: Float64Array };
    expect(new Set(engines.slice(0, 10)).size).toBe(1);
    expect(engines[0]).not.toBe(engines[10]);
  });

  it('are a restart where ids start again later, whatever the order of the records', () => {
    const before = engine(12, {});
    const after = engine(9, { startMs: 500 });
    const expected = [...range(0, 12).map(() => 0), ...range(0, 9).map(() => 1)];
    const ids = [...before.ids, ...after.ids];
    const startMs = [...before.startMs, ...after.startMs];
    expect(separated(ids, startMs)).toEqual({ engines: Float64Array.from(expected), count: 2 });
    expect(separated([...ids].reverse(), [...startMs].reverse())).toEqual({
      engines: Float64Array.from(expected).reverse(),
      count: 2,
    });
  });

  it('are told by the order of the records where the clock started again too', () => {
    const { ids, startMs } = engine(8, {});
    const found = separated([...ids, ...ids], [...startMs, ...startMs.map((ms) => ms + 3)]);
    expect(found).toMatchObject({ count: 2 });
  });

  it('stay one where a clock was set back now and then', () => {
    const { ids, startMs } = engine(400, {});
    const setBack = startMs.map((ms, at) => ms - 45 * Math.floor(at / 50));
    expect(separated(ids, setBack)).toMatchObject({ count: 1 });
  });

  it('are told apart in a sample of the steps too', () => {
    const random = createRandom(2).split('sample');
    const sampled = (steps: ReturnType<typeof engine>): ReturnType<typeof engine> => {
      const kept = steps.ids.map(() => random.uniform() < 0.1);
      return { ids: steps.ids.filter((_, at) => kept[at]), startMs: steps.startMs.filter((_, at) => kept[at]) };
    };
    const pairOf = (first: ReturnType<typeof engine>, second: ReturnType<typeof engine>) => {
      const [a, b] = [sampled(first), sampled(second)];
      const found = separated([...a.ids, ...b.ids], [...a.startMs, ...b.startMs]);
      const engines = 'engines' in found ? [...found.engines] : [];
      return [new Set(engines.slice(0, a.ids.length)), new Set(engines.slice(a.ids.length))];
    };
    const restart = pairOf(engine(4000, {}), engine(3000, { startMs: 60_000 }));
    expect(restart).toEqual([new Set([0]), new Set([1])]);
    // The second rank runs at times before, at times after the first.
    const drifting = engine(4000, { first: 2, stride: 2 });
    const swaying = drifting.startMs.map((ms, at) => ms + 8 * Math.sin(at / 7));
    const ranks = pairOf(engine(4000, { first: 1, stride: 2 }), { ...drifting, startMs: swaying });
    expect(ranks.map((set) => set.size)).toEqual([1, 1]);
    expect(ranks[0]).not.toEqual(ranks[1]);
  });

  it('cannot be told where single ids repeat', () => {
    const { ids, startMs } = engine(20, {});
    expect(separated([...ids, 15], [...startMs, 141])).toEqual({ repeatedId: 15 });
    expect(separated([1, 1], [0, 500])).toEqual({ repeatedId: 1 });
  });
});
