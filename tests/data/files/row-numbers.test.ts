import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowNumbers } from '../../../src/data/files/row-numbers.ts';

describe('row numbers of ragged columns', () => {
  it('are those of the entries, in any part', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3)), fc.nat(40), fc.nat(40), (lengths, a, b) => {
        const all = lengths.flatMap((length, row) => Array.from({ length }, () => row));
        const offsets = Float64Array.from([0, ...lengths.map((_, row) => all.findLastIndex((of) => of <= row) + 1)]);
        const numbers = new RowNumbers(offsets);
        const [from, to] = [Math.min(a, b, all.length), Math.min(Math.max(a, b), all.length)];
        expect(numbers.length).toBe(all.length);
        expect([...numbers.subarray(from, to)]).toEqual(all.slice(from, to));
      }),
    );
  });
});
