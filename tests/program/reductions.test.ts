import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchReducer,
  canonicalKey,
  checkCaps,
  differentiate,
  type FeatureInfo,
  featuresWith,
  fieldsOf,
  type FeatureTable,
  formatDiagnostic,
  guard,
  interpret,
  makeReduction,
  measure,
  MOST_REDUCTIONS,
  parseProgram,
  printLatex,
  printMathml,
  printSource,
  type Program,
  reduceBatches,
  REDUCTION_NAMES,
  reductionInfo,
  reductionOf,
  REDUCTIONS,
  reductionsOf,
  type RequestTable,
  simplify,
} from '../../src/program/index.ts';
import { arbitraryProgram } from './arbitrary.ts';

function field(name: string, unit: string, high: number): FeatureInfo {
  return { name, unit, meaning: name, range: [0, high], isCount: true };
}
const REQUESTS: RequestTable = {
  most: 10,
  fields: [field('context', 'tokens', 1000), field('newTokens', 'tokens', 200), field('isPrefill', '1', 1)],
};
const FEATURES: FeatureTable = featuresWith(
  [{ name: 'tokens', unit: 'tokens', meaning: 'tokens', range: [0, 100], isCount: true }],
  { requests: REQUESTS },
);

function moduleOf(value: string): string {
  return `export const constants = { a: 2, k: 3 };\nexport function predictStepTime(batch, c) {\n  return ${value};\n}\n`;
}
function read(value: string, features?: FeatureTable): Program {
  const parsed = parseProgram(moduleOf(value), features && { features });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.program;
}
function namesOf(value: string): readonly string[] {
  return reductionsOf(read(value).graph).map(({ name }) => name);
}
function infoOf(value: string): FeatureInfo {
  return reductionInfo(reductionOf(namesOf(value)[0]!)!, REQUESTS)!;
}

describe('a reduction over requests in the text', () => {
  it.each([
    ['batch.sum((r) => r.newTokens * r.context)', 'sum((r) => r.context * r.newTokens)'],
    ['batch.sum(q => q.context * q.newTokens)', 'sum((r) => r.context * r.newTokens)'],
    ['batch.max((r) => Math.max(0, r.context - 512))', 'max((r) => Math.max(r.context - 512, 0))'],
    ['batch.sum((batch) => Math.ceil(batch.context / 16))', 'sum((r) => Math.ceil(r.context / 16))'],
    ['batch.sum((r) => r.context > 512 ? 1.5 : 0)', 'sum((r) => 512 < r.context ? 1.5 : 0)'],
    ['batch.sum((r) => 2 - r.isPrefill - r.isPrefill)', 'sum((r) => 2 - r.isPrefill - r.isPrefill)'],
    ['batch.sum((r) => 1)', 'sum((r) => 1)'],
  ])('%s has one form', (text, name) => {
    expect(namesOf(`c.a * ${text}`)).toEqual([name]);
    // And is read back as it is printed.
    const program = read(`c.a * ${text} + batch.tokens`);
    expect(parseProgram(printSource(program), { features: FEATURES })).toEqual({ ok: true, program });
  });

  it('is one feature, and one program, however its operands stand', () => {
    const [one, other] = ['r.context * r.newTokens', 'r.newTokens * r.context'].map((body) =>
      read(`c.a + batch.sum((r) => ${body})`),
    );
    expect(one!.graph).toEqual(other!.graph);
    expect(canonicalKey(one!)).toBe(canonicalKey(other!));
    expect(canonicalKey(one!)).not.toBe(canonicalKey(read('c.a + batch.max((r) => r.context * r.newTokens)')));
  });

  it.each([
    ['batch.sum((r) => c.a * r.context)', 'constant-in-reduction', '3:27', 'c.<constant> * batch.sum'],
    ['batch.sum((r) => batch.tokens * r.context)', 'feature-in-reduction', '3:27', 'outside'],
    ['batch.sum((r) => batch.max((q) => q.context))', 'nested-reduction', '3:27', 'outside'],
    ['batch.sum((r) => x)', 'outer-name', '3:27', 'outside'],
    ['batch.sum((r) => r)', 'reduction', '3:27', 'r.context'],
    ['batch.sum((r) => r.length)', 'unknown-field', '3:29', 'r.context, r.newTokens, r.isPrefill'],
    ['batch.sum((r) => r.contxt)', 'unknown-field', '3:29', 'did you mean r.context?'],
    ['batch.sum((r) => r["context"])', 'computed-member', '3:27', 'r. and a name'],
    ['batch.sum((r) => Math.context)', 'unknown-function', '3:27', ''],
    ['batch.sum((r) => r.isPrefill ? 1 : 0)', 'condition-type', '3:27', 'r.isPrefill > 0'],
    ['batch.sum((r) => r.context > 1)', 'number-type', '3:27', '? 1 : 0'],
    ['batch.sum((r) => { return 1; })', 'reduction', '3:27', 'batch.sum((r) =>'],
    ['batch.sum((r, i) => r.context)', 'reduction', '3:20', 'batch.sum((r) =>'],
    ['batch.sum(({ context }) => context)', 'reduction', '3:20', 'batch.sum((r) =>'],
    ['batch.sum(async (r) => r.context)', 'async', '3:20', ''],
    ['batch.sum(function (r) { return 1; })', 'reduction', '3:20', 'batch.sum((r) =>'],
    ['batch.sum()', 'argument-count', '3:10', 'batch.sum((r) =>'],
    ['batch.sum((r) => r.context, 0)', 'argument-count', '3:10', 'batch.sum((r) =>'],
    ['batch.min((r) => r.context)', 'call', '3:10', 'batch.sum((r) =>'],
    ['batch["sum"]((r) => r.context)', 'call', '3:10', 'batch.sum((r) =>'],
    ['batch.sum', 'function', '3:16', 'batch.sum((r) =>'],
    ['batch.sum((r) => 1e999)', 'number-range', '3:27', ''],
    ['((r) => r.context)', 'function', '3:11', ''],
  ])('%s is refused: %s', (text, code, place, mend) => {
    const parsed = parseProgram(moduleOf(text), { features: FEATURES });
    const diagnostics = parsed.ok ? [] : parsed.diagnostics;
    expect(diagnostics.map((each) => [each.code, `${each.line}:${each.column}`])).toEqual([[code, place]]);
    expect(diagnostics[0]!.mend).toContain(mend);
  });

  it('is refused as an unknown feature where the data lacks the state of requests', () => {
    const parsed = parseProgram(moduleOf('batch.sum((r) => r.context)'), { features: [...FEATURES] });
    expect(parsed.ok ? [] : parsed.diagnostics).toMatchObject([
      { code: 'unknown-feature', message: 'the data does not have the state of each request, which batch.sum needs' },
    ]);
  });
});

const FIELDS = ['context', 'newTokens', 'isPrefill'];

describe('the canonical form', () => {
  const arbitrary = arbitraryProgram({ features: FIELDS, constants: ['unused'], steps: 8 }).filter(
    ({ constants }) => constants.length === 0,
  );

  it('reads back as itself, whatever the body', () => {
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(...REDUCTION_NAMES), ({ graph }, over) => {
        const reduction = makeReduction(over, graph);
        expect(reductionOf(reduction.name)).toEqual(reduction);
        const program = read(`c.a * batch.${reduction.name}`);
        expect(reductionsOf(program.graph)).toEqual([reduction]);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('keeps the value of the body', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(fc.nat(300), { minLength: 3, maxLength: 3 }), ({ graph }, values) => {
        const features = Object.fromEntries(FIELDS.map((name, at) => [name, values[at]! + 0.37]));
        const [before] = interpret(graph, { features, constants: {} });
        const [after] = interpret(makeReduction('sum', graph).body, { features, constants: {} });
        if (Math.abs(before!) < 1e12)
          expect(Math.abs(after! - before!)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(before!)));
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it.each(['sum((r) => r.b * r.a)', 'sum((q) => q.a)', 'min((r) => r.a)', 'sum((r) => )', 'sum((r) => r.a', 'tokens'])(
    '%s is no name of a reduction',
    (name) => {
      expect(reductionOf(name)).toBeUndefined();
    },
  );
});

describe('every stage', () => {
  it('counts a reduction as one operation beside those inside, and the caps hold for both', () => {
    const program = read('c.a * batch.sum((r) => r.context > 512 ? r.context * r.newTokens : 0)');
    // c.a * …; the sum; the comparison and the product inside.
    expect(measure(program)).toMatchObject({ operations: 4, conditionals: 1, constants: 1, depth: 4 });
    expect(measure(program).features).toHaveLength(1);
    const tooMany = Array.from({ length: MOST_REDUCTIONS + 1 }, (_, k) => `batch.sum((r) => r.context * ${k + 2})`);
    expect(checkCaps(read(tooMany.join(' + ')))).toMatchObject([{ code: 'too-many-reductions' }]);
    const long = `batch.sum((r) => ${Array.from({ length: 31 }, (_, k) => `r.context ** ${k + 2}`).join(' + ')})`;
    expect(checkCaps(read(long))).toMatchObject([{ code: 'too-many-operations' }]);
  });

  it.each([
    ['batch.sum((r) => r.context * r.newTokens)', 'tokens²', [0, 10 * 1000 * 200], true],
    ['batch.sum((r) => r.isPrefill)', 'requests', [0, 10], true],
    ['batch.max((r) => r.isPrefill)', '1', [0, 1], true],
    ['batch.max((r) => r.context - 512)', 'tokens', [-512, 488], false],
    // Blocks are no tokens.
    ['batch.sum((r) => Math.ceil(r.context / 16))', 'mixed', [0, 630], true],
    ['batch.sum((r) => r.context / r.newTokens)', 'requests', [-Infinity, Infinity], false],
    ['batch.sum((r) => r.context * r.context + r.newTokens)', 'mixed', [0, 10 * 1_000_200], true],
    ['batch.sum((r) => r.isPrefill > 0 ? r.newTokens : 0)', 'tokens', [0, 2000], true],
  ])('%s has a unit, a range and counts or not', (text, unit, range, isCount) => {
    const info = infoOf(text);
    expect(info.unit).toBe(unit);
    expect(info.isCount).toBe(isCount);
    for (const at of [0, 1]) {
      if (Number.isFinite(range[at]!)) expect(info.range[at]).toBeCloseTo(range[at]!, 6);
      else expect(info.range[at]).toBe(range[at]);
    }
  });

  it('derives and simplifies past it, and guards it as a count', () => {
    const program = read('c.a * batch.sum((r) => r.newTokens) / batch.sum((r) => r.isPrefill)');
    expect(simplify(program).graph.nodes.filter(({ kind }) => kind === 'feature')).toHaveLength(2);
    const features = Object.fromEntries(reductionsOf(program.graph).map(({ name }, at) => [name, [84, 2][at]!]));
    const inputs = { features, constants: { a: 3 } };
    expect(interpret(differentiate(program), inputs)).toEqual([126, 42]);
    expect(printSource(guard(program, FEATURES))).toContain('/ Math.max(batch.sum((r) => r.isPrefill), 1)');
  });

  it('writes it on paper', () => {
    const program = read('c.a * batch.sum((r) => r.context + 1) + batch.max((r) => r.newTokens)');
    expect(printLatex(program)).toContain('\\left( \\sum_{r} \\left( \\mathrm{context}_{r} + 1 \\right) \\right)');
    expect(printMathml(program)).toContain('<munder><mo>max</mo><mi>r</mi></munder>');
  });

  it.each(REDUCTION_NAMES)('%s of columns is that of one batch after another, and within its interval', (over) => {
    const reduction = makeReduction(over, reductionOf('sum((r) => r.context * r.newTokens - 7)')!.body);
    const columns = { context: [1, 2, 3, 4, 5, 6], newTokens: [3, 1, 4, 1, 5, 9] };
    const offsets = [0, 2, 2, 5, 6];
    const all = reduceBatches(reduction, offsets, (name, start, end) =>
      Float64Array.from(columns[name as keyof typeof columns].slice(start, end)),
    );
    const fields = fieldsOf(reduction);
    const reduce = batchReducer(reduction, fields);
    const one = offsets.slice(1).map((end, batch) =>
      reduce(end - offsets[batch]!, (at, into) => {
        for (const [k, name] of fields.entries()) {
          into[k] = columns[name as keyof typeof columns][offsets[batch]! + at]!;
        }
      }),
    );
    expect([...all]).toEqual(one);
    // −4, −5 | none | 5, −3, 18 | 47
    expect(one).toEqual({ sum: [-9, 0, 20, 47], max: [-4, 0, 18, 47] }[over]);
    const { lo, hi } = REDUCTIONS[over].interval({ lo: -5, hi: 47, mayBeNaN: false }, 3);
    for (const value of one) expect(lo <= value && value <= hi).toBe(true);
  });
});
