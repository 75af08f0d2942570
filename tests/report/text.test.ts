import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barText,
  csvText,
  diffLines,
  diffWords,
  plotFront,
  frontTable,
  functionText,
  kneeOf,
  lowerEnvelope,
  shellLine,
  sourceWithFits,
} from '../../src/report/index.ts';

describe('the knee of a front', () => {
  const point = (operations: number, error: number) => ({ id: `p${operations}`, operations, error });

  it('is where more operations stop to buy much accuracy', () => {
    expect(kneeOf([point(1, 16), point(2, 8), point(3, 2), point(10, 1.8), point(20, 1.6)])?.id).toBe('p3');
  });

  it('is none where the front is straight or has fewer than three points', () => {
    expect(kneeOf([point(1, 4), point(2, 2), point(3, 1)])).toBeUndefined();
    expect(kneeOf([point(1, 4), point(2, 2)])).toBeUndefined();
    expect(kneeOf([])).toBeUndefined();
  });

  it('looks at the lowest errors alone', () => {
    const points = [point(1, 16), point(3, 2), point(4, 9), point(20, 1)];
    expect(lowerEnvelope(points).map(({ id }) => id)).toEqual(['p1', 'p3', 'p20']);
    expect(kneeOf(points)?.id).toBe('p3');
  });
});

describe('a change of text', () => {
  it('names the words that differ', () => {
    expect(diffWords('a + b * c', 'a + d * c')).toEqual([
      { kind: 'same', text: 'a + ' },
      { kind: 'removed', text: 'b' },
      { kind: 'added', text: 'd' },
      { kind: 'same', text: ' * c' },
    ]);
  });

  it('is told in whole lines for texts of many', () => {
    expect(diffLines('a\nb c\nd', 'a\nb e\nd')).toEqual([
      { kind: 'same', text: 'a\n' },
      { kind: 'removed', text: 'b c\n' },
      { kind: 'added', text: 'b e\n' },
      { kind: 'same', text: 'd' },
    ]);
  });

  it('holds both texts in full', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '+', '(', '1.5'), maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffWords(before, after);
        const without = (kind: string): string =>
          parts
            .filter((part) => part.kind !== kind)
            .map((part) => part.text)
            .join('');
        expect(without('added')).toBe(before);
        expect(without('removed')).toBe(after);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('looks at the function alone', () => {
    expect(functionText('/** why */\nexport const constants = { a: 1 };\n\nexport function f() {}\n')).toBe(
      'export function f() {}',
    );
  });
});

describe('comma-separated values', () => {
  it('quote what needs it and keep full precision', () => {
    expect(
      csvText(
        ['a', 'b'],
        [
          ['x, "y"', 1 / 3],
          ['line\nbreak', null],
          ['', Number.NaN],
        ],
      ),
    ).toBe('a,b\n"x, ""y""",0.3333333333333333\n"line\nbreak",\n,');
  });
});

describe('a bar', () => {
  it.each([
    [0, ''],
    [Number.NaN, ''],
    [0.001, '▏'],
    [0.5, '██'],
    [0.6, '██▍'],
    [1, '████'],
    [7, '████'],
  ])('of %d', (share, text) => {
    expect(barText(share, 4)).toBe(text);
  });
});

describe('the plot of a front', () => {
  const front = [
    { id: 'a', operations: 1, features: 1, error: 20 },
    { id: 'b', operations: 4, features: 2, error: 5 },
    { id: 'c', operations: 9, features: 12, error: 4 },
    { id: 'd', operations: 30, features: 3, error: 1 },
  ];

  it('fits 80 columns and marks the pick and the knee', () => {
    const plot = plotFront(front, { pick: 'd', knee: 'b' });
    const lines = plot.split('\n');
    expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/20\.0 ┤1/);
    expect(plot.match(/[*K+]/g)?.sort()).toEqual(['*', '+', 'K']);
    expect(lines.at(-3)).toMatch(/1\.00 ┤.*\*$/);
  });

  it('is empty where there is nothing to draw', () => {
    expect(plotFront(front.slice(0, 1), { pick: undefined, knee: undefined })).toBe('');
  });

  it('stays in its width whatever the front', () => {
    const entry = fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      operations: fc.integer({ min: 0, max: 99 }),
      features: fc.integer({ min: 0, max: 20 }),
      error: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 2, maxLength: 12 }), (points) => {
        const lines = plotFront(points, { pick: points[0]!.id, knee: points[1]!.id }).split('\n');
        for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(80);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});

describe('the table of a front', () => {
  const row = (id: string) => ({
    id,
    operations: 1,
    conditionals: 0,
    constants: 1,
    features: 1,
    error: 1,
    mape: 2,
    validationError: 3,
    generation: 4,
    operator: 'grammar:crossover',
  });

  it('marks the pick and the knee, which may be one', () => {
    const lines = frontTable([row('aaaaaaaa'), row('bbbbbbbb')], 'bbbbbbbb', 'bbbbbbbb').split('\n');
    expect(lines.at(-1)).toMatch(/^\*K {2}bbbbbbbb/);
    expect(lines.at(-2)).toMatch(/^ +aaaaaaaa/);
    for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  });
});

describe('a source with its fitted constants', () => {
  const source =
    '/** why */\nexport const constants = { a: 1, b: 2 };\n\nexport function predictStepTime(batch, c) {\n  return c.a + c.b * batch.c;\n}\n';

  it('has the values of one group where they are read', () => {
    expect(sourceWithFits(source, [{ group: 'all', constants: { a: 12.34567, b: -3 } }])).toBe(
      '/** why */\nexport function predictStepTime(batch, c) {\n  return 12.35 + (-3) * batch.c;\n}\n',
    );
  });

  it('has those of several groups beside each constant', () => {
    const groups = [
      { group: 'x', constants: { a: 1, b: 2 } },
      { group: 'y', constants: { a: 3, b: 4 } },
    ];
    expect(sourceWithFits(source, groups)).toContain('  a, // x 1  y 3\n  b, // x 2  y 4\n');
  });
});

describe('a command line', () => {
  it('can be pasted into a shell', () => {
    expect(shellLine(['evolve', 'run', '--data', "it's here; $HOME", '--seed', '3'])).toBe(
      "evolve run --data 'it'\\''s here; $HOME' --seed 3",
    );
  });
});
