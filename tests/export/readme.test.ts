import { describe, expect, it } from 'vitest';
import type { FittedRange } from '../../src/baselines/index.ts';
import type { BeyondData, ResponsePoint } from '../../src/evaluate/index.ts';
import { makePackage } from '../../src/export/package.ts';
import { readme } from '../../src/export/readme.ts';
import { beyondText } from '../../src/export/readme-beyond.ts';
import { rangesText } from '../../src/export/readme-ranges.ts';
import { sampleInput, seedProgram } from './sample.ts';

const NOTHING: BeyondData = { floor: null, curves: [], coverage: null };

/** 593 rows of up to 95 tokens, but for one of 1,902. */
const WILD: FittedRange = {
  feature: 'prefillTokens',
  least: 0,
  low: 0,
  high: 95,
  most: 1902,
  support: { rows: 593, median: 16, lowestTenth: 592, highestTenth: 1 },
};

describe('where an export says that it was measured', () => {
  const input = sampleInput(seedProgram('blackbox'));
  const groupOf = (at: number, ranges: readonly FittedRange[]) => ({
    group: input.groups[at]!.group,
    load: null,
    ranges,
    regimes: [],
  });
  const textOf = (groups: readonly ReturnType<typeof groupOf>[]): string => {
    const standing = { experiments: [], groups };
    return rangesText(standing, makePackage({ ...input, standing }, { interface: 'standalone' }));
  };

  it('shows a single row that is all that one end of a range has', () => {
    const text = textOf([groupOf(0, [WILD])]);
    expect(text).toContain('\n| prefillTokens | 0 – 95 | 0 – 1902 | 16 | 593 | 592 rows | 1 row |\n');
    expect(text).not.toContain('Constants of');
  });

  it('is told by group of constants, also of one without rows', () => {
    const text = textOf([groupOf(0, [WILD]), groupOf(1, [])]);
    expect(text.match(/Constants of `.*`:\n\n.*/g)).toEqual([
      'Constants of `llama-2-7b-tp1-H100`:\n\n| feature | middle 99 % | least – most | median | rows | lowest tenth | highest tenth |',
      'Constants of `llama-2-70b-tp4-H100`:\n\nNo rows are known: `Extrapolates` says yes to every batch.',
    ]);
  });

  it('has all that Extrapolates goes by, what the program reads first', () => {
    const text = readme(makePackage(input, { interface: 'standalone' }));
    const section = text.slice(text.indexOf('## Where it was measured'), text.indexOf('## Beyond the data'));
    const names = section.match(/^\| \w+/gm)!.slice(0, 5);
    expect(names).toEqual(['| feature', '| decodeTokens', '| prefillTokens', '| kvTokens', '| requests']);
  });
});

describe('what an export says of batches beyond the data', () => {
  const figures = { batches: 176, violations: 0, worst: 1.0251, rises: 80, shortRises: 0, error: 0, questioned: {} };
  const curve = (count: number): readonly ResponsePoint[] =>
    Array.from({ length: count }, (_, k) => [k + 1, 12_345.6 * (k + 1), 10_000, 9000, 20_000, 7 * k]);

  it.each([
    ['of no floor', null, /^No physical floor is known/m],
    [
      'of a floor that is kept to',
      figures,
      /^Of 176 .* none breaks a bound; .* 1\.03 times its floor\.\nOf 80 .* none costs/m,
    ],
    [
      'of one that is not',
      { ...figures, violations: 5, shortRises: 1 },
      /^Of 176 .* \*\*5\*\* break a .*\nOf 80 .* \*\*1\*\* costs/m,
    ],
    [
      'of one that is set aside',
      { ...figures, batches: 0, worst: null, questioned: { m: '3 of 9 training times are shorter' } },
      /^\nThe floor is set aside for m: 3 of 9 training times are shorter\.$/m,
    ],
  ])('tells %s', (_, floor, words) => {
    expect(beyondText({ ...NOTHING, floor })).toMatch(words);
  });

  it('are seven points of each curve, both ends among them, with floor, interval and rows near', () => {
    const curves = [{ group: 'g', model: 'm', promptTokens: curve(25), contextTokens: curve(2), requests: [] }];
    const text = beyondText({ ...NOTHING, curves });
    expect(text).toContain('### m\n\n| prompt tokens | predicted | floor | 90 % interval | rows near |');
    expect(text.match(/^\| \d+ /gm)!.map((cell) => Number(cell.slice(2)))).toEqual([1, 5, 9, 13, 17, 21, 25, 1, 2]);
    expect(text).toContain('| 25 | 308.6 | 10 | 9 – 20 | 168 |');
    expect(text).not.toContain('| decodes |');
  });

  it('claim no interval where there were no residuals', () => {
    const points: readonly ResponsePoint[] = [[16, 5000, 4000, 5000, 5000, 0]];
    const curves = [{ group: 'g', model: 'm', promptTokens: points, contextTokens: [], requests: [] }];
    expect(beyondText({ ...NOTHING, curves })).toContain('| 16 | 5 | 4 | not known | 0 |');
  });

  it('name the constants where models have several', () => {
    const none = { promptTokens: [], contextTokens: [], requests: [] };
    const of = (group: string): BeyondData['curves'][number] => ({ group, model: 'm', ...none });
    expect(beyondText({ ...NOTHING, curves: [of('a'), of('b')] }).match(/^### .*$/gm)).toEqual([
      '### m, constants of `a`',
      '### m, constants of `b`',
    ]);
  });
});
