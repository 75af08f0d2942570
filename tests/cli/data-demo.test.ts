import { describe, expect, it } from 'vitest';
import { dataDemoCommand } from '../../src/cli/data-demo.ts';
import { share } from '../../src/cli/options.ts';
import { laterRefusalOf } from '../user-error.ts';

describe('`evolve data demo`', () => {
  it.each([
    ['no folder at all', {}, /--out.*--raw/],
    ['experiments without raw logs', { out: 'x', only: 'general' }, /--raw/],
    ['a share of steps without raw logs', { out: 'x', sample: 0.5 }, /--raw/],
  ])('is refused with %s, before anything is written', async (_, flags, mend) => {
    const error = await laterRefusalOf(() => dataDemoCommand({ ...flags, json: false }));
    expect(error.code).toBe('cli.usage');
    expect(error.mend).toMatch(mend);
  });
});

describe('a share on the command line', () => {
  it('is above 0 and at most 1', () => {
    expect([share('1'), share('0.05')]).toEqual([1, 0.05]);
    for (const text of ['0', '1.1', '-0.5', '', 'all']) expect(() => share(text)).toThrow('above 0 and up to 1');
  });
});
