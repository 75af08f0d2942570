import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';

function draws(seed: number | string, n: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => random.uniform());
}

describe('createRandom', () => {
  it('keeps its outputs: no regression (a change here changes every recorded run)', () => {
    const random = createRandom(3);
    expect({
      uniform: [random.uniform(), random.uniform(), random.uniform()],
      normal: [random.normal(), random.normal(), random.normal()],
      integer: [random.integer(6), random.integer(1000), random.integer(2 ** 32)],
      shuffle: random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]),
      weighted: random.weighted([1, 2, 3]),
      split: random.split('group', 7).uniform(),
      text: createRandom('seed').uniform(),
    }).toMatchInlineSnapshot(`
      {
        "integer": [
          0,
          434,
          1167185532,
        ],
        "normal": [
          -1.5372151040186461,
          1.4516918505425442,
          1.281487932797991,
        ],
        "shuffle": [
          5,
          6,
          2,
          4,
          8,
          7,
          3,
          1,
        ],
        "split": 0.5964118871559624,
        "text": 0.7316174741395449,
        "uniform": [
          0.13547334821111945,
          0.6021007502726943,
          0.48450072010704326,
        ],
        "weighted": 2,
      }
    `);
  });

  it('gives the same stream for the same seed', () => {
    expect(draws(7, 20)).toEqual(draws(7, 20));
  });

  it('gives unrelated streams for neighbouring seeds', () => {
    const firsts = Array.from({ length: 2000 }, (_, seed) => createRandom(seed).uniform());
    const mean = firsts.reduce((a, b) => a + b) / firsts.length;
    expect(mean).toBeCloseTo(0.5, 1);
    let covariance = 0;
    for (let i = 1; i < firsts.length; i++) covariance += ((firsts[i] ?? 0) - 0.5) * ((firsts[i - 1] ?? 0) - 0.5);
    expect(Math.abs((covariance / firsts.length) * 12)).toBeLessThan(0.08);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('tells a number from its digits', () => {
    expect(createRandom(3).uniform()).not.toBe(createRandom('3').uniform());
    expect(createRandom(0).split(3).uniform()).not.toBe(createRandom(0).split('3').uniform());
  });

  it('draws normals with mean 0, variance 1 and normal tails', () => {
    const random = createRandom('normal');
    const n = 20_000;
    let sum = 0;
    let squares = 0;
    let beyondTwo = 0;
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      sum += x;
      squares += x * x;
      if (Math.abs(x) > 2) beyondTwo++;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.03);
    expect(Math.abs(squares / n - 1)).toBeLessThan(0.05);
    expect(Math.abs(beyondTwo / n - 0.0455)).toBeLessThan(0.006);
  });

  it('draws integers evenly', () => {
    const random = createRandom('integers');
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 14_000; i++) {
      const k = random.integer(7);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it('draws indices in proportion to their weights and never one of weight zero', () => {
    const random = createRandom('weights');
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) {
      const k = random.weighted([1, 0, 3, 0]);
      counts[k] = (counts[k] ?? 0) + 1;
    }
    expect(counts[1]).toBe(0);
    expect(counts[3]).toBe(0);
    expect(Math.abs((counts[0] ?? 0) - 2500)).toBeLessThan(200);
  });

  it('refuses empty ranges and hopeless weights', () => {
    const random = createRandom(1);
    expect(() => random.integer(0)).toThrow(RangeError);
    expect(() => random.pick([])).toThrow(RangeError);
    expect(() => random.weighted([])).toThrow(RangeError);
    expect(() => random.weighted([0, 0])).toThrow(RangeError);
    expect(() => random.weighted([1, -1])).toThrow(RangeError);
    expect(() => random.weighted([1, Number.NaN])).toThrow(RangeError);
  });

  it('shuffles to a permutation and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
        const before = [...items];
        const after = createRandom(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...after].sort((a, b) => a - b)).toEqual([...before].sort((a, b) => a - b));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('split', () => {
  const label = fc.oneof(fc.string(), fc.integer());

  it('depends on the path only, not on the position of the parent', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(label, { minLength: 1 }), fc.nat(20), (seed, path, steps) => {
        const parent = createRandom(seed);
        const before = parent.split(...path).uniform();
        for (let i = 0; i < steps; i++) parent.normal();
        expect(parent.split(...path).uniform()).toBe(before);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('does not advance the parent', () => {
    const a = createRandom(5);
    const b = createRandom(5);
    a.split('x').uniform();
    expect(a.uniform()).toBe(b.uniform());
  });

  it('may be walked in one step or in several', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(label), fc.array(label), (seed, first, second) => {
        const random = createRandom(seed);
        expect(random.split(...first, ...second).uniform()).toBe(
          random
            .split(...first)
            .split(...second)
            .uniform(),
        );
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('gives different streams for different labels', () => {
    const random = createRandom(1);
    const seen = new Set<number>();
    for (let i = 0; i < 5000; i++) seen.add(random.split('child', i).uniform());
    expect(seen.size).toBe(5000);
    expect(random.split('ab').uniform()).not.toBe(random.split('a', 'b').uniform());
  });
});
