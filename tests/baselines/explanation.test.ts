import { describe, expect, it } from 'vitest';
import { explainProgram } from '../../src/baselines/index.ts';
import { type Dataset, type Experiment, makeDataset } from '../../src/data/index.ts';
import { range } from '../data/sample.ts';
import { batchAt, CONSTANTS, experimentOf, GROUP, LAW, programOf } from './steps-of-a-law.ts';

function explain(body: string, dataset: Dataset = makeDataset('memory', [experimentOf(batchAt)])) {
  const program = programOf(body);
  const fits = [{ group: GROUP, constants: CONSTANTS }];
  return explainProgram({ dataset, target: 'cycle', program, fits, scope: 'model' });
}

describe('the explanation of a program', () => {
  const law = explain(LAW);

  it('shares the time out to terms, in each regime by its own rows', () => {
    for (const { regime } of law.regimes) {
      expect(law.terms.reduce((sum, { share }) => sum + share[regime]!, 0)).toBeCloseTo(100, 9);
    }
    const prefill = law.terms.find(({ text }) => text.includes('prefillTokens'))!;
    expect(prefill.share['decode']).toBe(0);
    expect(prefill.share['prefill']).toBeGreaterThan(prefill.share['all']!);
    const kv = law.terms.find(({ text }) => text.includes('kvTokens'))!;
    expect(kv.share['full']).toBeGreaterThan(kv.share['all']!);
    expect(kv.shareByGroup).toEqual({ [GROUP]: expect.closeTo(kv.share['all']!, 9) });
    const decode = law.terms.find(({ text }) => text.includes('decodeTokens'))!;
    expect(decode.share['heavy']).toBeGreaterThan(3 * decode.share['light']!);
  });

  it('counts the rows of each regime, over training and validation rows', () => {
    const rows = Object.fromEntries(law.regimes.map((each) => [each.regime, each.rows]));
    // The last of 240 steps has a start after it too.
    expect(rows['all']).toBe(240);
    expect(rows['decode']! + rows['mixed']! + rows['prefill']!).toBe(240);
    expect(rows['prefill']).toBe(8);
    const full = range(0, 240).filter((row) => batchAt(row).kvTokens / 16_000 > 0.85).length;
    expect(full).toBeGreaterThan(10);
    expect(rows['full']).toBe(full);
    expect(rows['light']! + rows['heavy']!).toBeLessThanOrEqual(240);
  });

  it('says which side decides how often, of the rows in which the term above counts', () => {
    const { terms } = explain(
      'batch.prefillTokens > 0 ? Math.max(c.base, 11 * c.base) : c.base + Math.max(batch.decodeTokens, 4)',
    );
    const at = Object.fromEntries(terms.map((term) => [term.place, term]));
    expect(at['1.1']!.when).toBe('batch.prefillTokens > 0');
    expect(at['1.1']!.decides).toMatchObject({ all: expect.closeTo(100 / 3, 6), decode: 0, mixed: 100, prefill: 100 });
    const [wide, narrow] = terms.filter(({ role }) => role === 'side').slice(-2);
    expect(wide!.text).toBe('batch.decodeTokens');
    expect(wide!.decides!['decode']! + narrow!.decides!['decode']!).toBeCloseTo(100, 9);
    expect(wide!.decides).not.toHaveProperty('prefill');
  });

  it('finds no residual, and features as important as their terms, where the program is the law', () => {
    for (const figures of [...law.residuals.train, ...law.residuals.valid]) expect(figures.mape).toBeLessThan(1e-9);
    const importance = Object.fromEntries(law.importance.map(({ feature, increase }) => [feature, increase]));
    expect(law.importance[0]!.feature).toBe('prefillTokens');
    expect(importance['prefillTokens']).toBeGreaterThan(importance['kvTokens']!);
    expect(importance['kvTokens']).toBeGreaterThan(0.3);
    expect(explain(LAW)).toEqual(law);
  });

  it('finds the regime and the component in which a program is off', () => {
    const off = explain('c.base + c.perDecode * batch.decodeTokens + c.perKv * batch.kvTokens');
    const bias = Object.fromEntries(off.residuals.valid.map((each) => [each.regime, each.bias]));
    expect(bias['decode']).toBeCloseTo(0, 9);
    expect(bias['mixed']).toBeLessThan(-10);
    const prefill = off.components.find(({ component }) => component === 'prefillGemmUs')!;
    expect(prefill.low.bias).toBeCloseTo(0, 9);
    expect(prefill.high.bias).toBeLessThan(-10);
    expect(prefill.high.rows).toBe(80);
  });

  it('compares signs with what is expected', () => {
    const { signs } = explain(
      'c.base - c.perDecode * batch.decodeTokens + c.perPrefill * Math.max(batch.prefillTokens, 32)',
    );
    const found = Object.fromEntries(signs.map((sign) => [`${sign.of} ${sign.name}`, sign]));
    expect(found['batch context']).toMatchObject({ expected: 'rises', found: 'flat', medianUs: 0 });
    expect(found['batch decoding requests']).toMatchObject({ found: 'falls', falls: 100 });
    expect(found['batch prefill tokens']).toMatchObject({ found: 'rises', medianUs: expect.closeTo(20, 9) });
    expect(found['feature decodeTokens']).toMatchObject({ expected: 'rises', found: 'falls', medianUs: -40 });
    // Above 32 tokens alone: in a third of the rows.
    expect(found['feature prefillTokens']).toMatchObject({
      found: 'mixed',
      rises: expect.closeTo(100 / 3, 0),
      falls: 0,
    });
  });

  it('shuffles features among rows that share constants alone', () => {
    // Each model has its own share of prefill, always the same: shuffled among its own rows nothing changes.
    const still = (id: string, prefill: number, architecture: string): Experiment =>
      experimentOf((row) => ({ ...batchAt(row), prefill, us: 9000 + 20 * prefill }), {
        id,
        model: architecture,
        architecture,
      });
    const dataset = makeDataset('memory', [still('a', 64, 'llama-2-7b'), still('b', 640, 'codellama-34b')]);
    const program = programOf('c.base + c.perPrefill * batch.prefillTokens');
    const fits = [GROUP, 'codellama-34b-tp1-H100'].map((group) => ({ group, constants: CONSTANTS }));
    const input = { dataset, target: 'cycle', program } as const;
    expect(explainProgram({ ...input, fits, scope: 'model' }).importance[0]!.increase).toBe(0);
    const shared = explainProgram({ ...input, fits: [{ group: 'all', constants: CONSTANTS }], scope: 'global' });
    expect(shared.importance[0]!.increase).toBeGreaterThan(20);
  });
});
