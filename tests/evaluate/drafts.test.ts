import { describe, expect, it } from 'vitest';
import { affineColumns } from '../../src/evaluate/drafts/affine.ts';
import { ColumnStore, type Values } from '../../src/evaluate/drafts/column-store.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import type { DraftScore } from '../../src/evaluate/index.ts';
import { evaluateColumns, type Program } from '../../src/program/index.ts';
import { programOf, type Row, tableOf, withFloors } from './tables.ts';

const ROWS = 50;
const COLUMNS = {
  tokens: Float64Array.from({ length: ROWS }, (_, row) => 1 + 7 * row),
  requests: Float64Array.from({ length: ROWS }, (_, row) => 1 + (row % 9)),
  kv: Float64Array.from({ length: ROWS }, (_, row) => 100 * ((row * 13) % 17)),
};

function valueAt(values: Values, row: number): number {
  return typeof values === 'number' ? values : values.values[row]!;
}

describe('a program in closed form of the constants that enter linearly', () => {
  it.each([
    ['a sum', { a: 3, b: 2, c: 5 }, 'c.a + c.b * batch.tokens - c.c * batch.kv', 3],
    ['a branch', { a: 3, b: 2, t: 90 }, 'batch.tokens <= c.t ? c.a * batch.tokens : c.b * batch.kv', 2],
    ['a product of two', { a: 3, b: 2 }, 'c.a * (c.b + batch.tokens)', 1],
    [
      'a constant in two places, one of them curved',
      { a: 3, b: 2 },
      'c.a * batch.kv + Math.sqrt(c.a * batch.tokens) + c.b',
      1,
    ],
    ['a maximum', { a: 3, b: 2, d: 4 }, 'Math.max(c.a * batch.tokens, c.b * batch.kv) + c.d * batch.requests', 1],
    ['a quotient', { a: 3, b: 2 }, '(c.a * batch.tokens + batch.kv) / (c.b + batch.requests)', 1],
    ['none', { a: 3 }, 'Math.hypot(c.a, batch.tokens)', 0],
  ])('%s', (_, constants, body, linear) => {
    const program = programOf(constants, body);
    const store = new ColumnStore(ROWS, new Map(Object.entries(COLUMNS)));
    const starts = program.constants.map(({ start }) => start);
    const { base, slopes } = affineColumns(program, store, (i) => starts[i]!)!;
    expect(slopes.size).toBe(linear);
    for (const shift of [0, 1.5, -4]) {
      const moved = Object.fromEntries(
        program.constants.map(({ name, start }, i) => [name, slopes.has(i) ? start + shift : start]),
      );
      const [expected] = evaluateColumns(program.graph, COLUMNS, moved, ROWS);
      for (let row = 0; row < ROWS; row++) {
        let value = valueAt(base, row);
        for (const [i, slope] of slopes) value += (starts[i]! + shift) * valueAt(slope, row);
        expect(value).toBeCloseTo(expected![row]!, 6);
      }
    }
  });

  it('computes what programs share once', () => {
    const store = new ColumnStore(ROWS, new Map(Object.entries(COLUMNS)));
    const of = (body: string): Values => affineColumns(programOf({ a: 3 }, body), store, () => 3)!.base;
    expect(of('batch.tokens * batch.kv')).toBe(of('c.a * 0 + batch.tokens * batch.kv'));
    expect(of('batch.tokens * 1')).toBe(store.feature('tokens'));
  });

  it('has none where a feature is missing', () => {
    const store = new ColumnStore(1, new Map());
    expect(affineColumns(programOf({ a: 1 }, 'c.a * batch.tokens'), store, () => 1)).toBeUndefined();
  });
});

function scored(
  law: (row: Row, experiment: number) => number,
  programs: readonly Program[],
  starts?: readonly { readonly group: string; readonly constants: Readonly<Record<string, number>> }[],
): readonly (DraftScore | undefined)[] {
  const evaluator = new ProgramEvaluator(tableOf(law), { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape' });
  const scores = evaluator.scoreDrafts(
    programs.map((program) => ({ program, ...(starts !== undefined && { starts }) })),
  );
  evaluator.dispose();
  return scores;
}

describe('the quick score of drafts', () => {
  it('is 0 for a law whose constants enter linearly, whatever they start from, and large for a wrong form', () => {
    const [exact, wrong] = scored(
      ({ tokens, kv }) => 900 + 5 * tokens + 0.02 * kv,
      [
        programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.tokens + c.d * batch.kv'),
        programOf({ a: 1 }, 'c.a * batch.requests'),
      ],
    );
    expect(exact!.error).toBeLessThan(1e-6);
    expect(wrong!.error).toBeGreaterThan(20);
  });

  it('knows programs that predict the same, and has none where a prediction is not finite', () => {
    const [one, other, none] = scored(
      ({ tokens }) => 900 + 5 * tokens,
      [
        programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens'),
        programOf({ a: 7, b: 3 }, '(batch.tokens + c.a) * c.b'),
        programOf({ a: 1 }, 'c.a / (batch.tokens - batch.tokens)'),
      ],
    );
    expect(one!.error).toBeLessThan(1e-6);
    expect(other!.print).not.toBe(one!.print);
    expect(none).toBeUndefined();
    const [first, second] = scored(
      ({ tokens }) => 900 + 5 * tokens,
      [
        programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens'),
        programOf({ a: 4, b: 9 }, 'c.b * (2 * batch.tokens) + c.a * 3'),
      ],
    );
    expect(first!.print).toBe(second!.print);
  });

  it('starts other constants in each group where it is told', () => {
    const law = ({ tokens }: Row, experiment: number): number =>
      Math.max(1000, (experiment % 2 === 0 ? 5 : 9) * tokens);
    const program = programOf({ a: 1, b: 7 }, 'c.a * Math.max(1000, c.b * batch.tokens)');
    const starts = [
      { group: 'a-tp1', constants: { b: 5 } },
      { group: 'b-tp1', constants: { b: 9 } },
    ];
    expect(scored(law, [program])[0]!.error).toBeGreaterThan(1);
    expect(scored(law, [program], starts)[0]!.error).toBeLessThan(1e-6);
  });

  it('keeps away from what physics forbids', () => {
    const table = withFloors(
      tableOf(({ tokens }) => 1000 + tokens),
      3,
      0.01,
    );
    const of = (floor: boolean): number => {
      const evaluator = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape', floor });
      const [score] = evaluator.scoreDrafts([{ program: programOf({ a: 1 }, 'c.a') }]);
      evaluator.dispose();
      return score!.error;
    };
    expect(of(true)).toBeGreaterThan(of(false) + 1);
  });
});
