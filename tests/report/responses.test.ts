import { describe, expect, it } from 'vitest';
import type { BeyondData, ResponsePoint } from '../../src/evaluate/index.ts';
import type { ReportData } from '../../src/report/report-data.ts';
import { responseSection } from '../../src/report/html/response-section.ts';

const POINTS: readonly ResponsePoint[] = [
  [1, 15_000, 10_000, 14_000, 16_000, 12],
  [100, 16_000, 11_000, 15_000, 17_000, 0],
  [2000, 80_000, 70_000, 71_000, 95_000, 0],
];
const FLOOR = { batches: 40, violations: 2, worst: 0.91, rises: 20, shortRises: 1, error: 0.4, questioned: {} };

function section(changes: Partial<BeyondData> = {}): string {
  const beyond: BeyondData = {
    floor: FLOOR,
    curves: [{ group: 'm<x>', model: 'm<x>', promptTokens: POINTS, contextTokens: [], requests: POINTS }],
    coverage: null,
    ...changes,
  };
  return responseSection({ beyond, pick: 'abcd1234' } as Partial<ReportData> as ReportData)!.text;
}

describe('the section of response curves', () => {
  it('draws each curve that there is, with its ends and floor in words', () => {
    const text = section();
    expect(text.match(/<svg/g)).toHaveLength(2);
    expect(text).toContain('15 ms at 1, 80 ms at 2000, where the floor is 70 ms');
    expect(text).toContain('2 of 40 batches of a fine grid are too fast or absurdly slow');
    expect(text).toContain('<h3>m&lt;x&gt;</h3>');
  });

  it('has every figure in a table, training rows near among them', () => {
    expect(section()).toMatch(/<data value="1">1<\/data>.*<data value="14">14<\/data>.*<data value="12">12<\/data>/s);
  });

  it('says why a floor is set aside, and how many validation rows the intervals hold', () => {
    const coverage = {
      rows: 242,
      coverage: 86,
      low: 80,
      high: 91,
      byRegime: { decode: null, mixed: null, prefill: null },
    };
    const text = section({
      coverage,
      floor: { ...FLOOR, batches: 0, worst: null, questioned: { m: '9 of 10 times are too short' } },
    });
    expect(text).toContain('The floor of m is set aside: 9 of 10 times are too short.');
    expect(text).toContain('86.0 % of 242 validation rows');
    expect(text).not.toContain('too fast');
  });

  it('is left out where nobody looked', () => {
    expect(responseSection({ pick: 'abcd1234' } as Partial<ReportData> as ReportData)).toBeUndefined();
  });
});
