import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/program/index.ts';
import { predictTable, rowFigures } from '../../src/report/index.ts';
import { program, smallTable } from './sample.ts';

const LINE = program(
  'export const constants = { base: 900, slope: 11 };\nexport function predictStepTime(batch, c) {\n  return batch.kind > 0 ? c.base + c.slope * batch.work : Math.max(c.base, c.slope * batch.work);\n}',
);

describe('predictions for a table', () => {
  it('are those of the interpreter, with the constants of each group', () => {
    const table = smallTable(20);
    const fits = [
      { group: 'a-tp1', constants: { base: 900, slope: 11 }, standardErrors: {} },
      { group: 'b-tp1', constants: { base: 50, slope: 3 }, standardErrors: {} },
    ];
    const p = predictTable(table, LINE, fits, 'model');
    const [work, kind] = table.columns;
    p.forEach((value, row) => {
      const constants = fits[row < 20 ? 0 : 1]!.constants;
      const features = { work: work![row]!, kind: kind![row]! };
      expect(value).toBe(interpret(LINE.graph, { features, constants })[0]);
    });
  });

  it('are NaN for experiments that have no constants', () => {
    const fits = [{ group: 'a', constants: { base: 1, slope: 1 }, standardErrors: {} }];
    const p = predictTable(smallTable(20), LINE, fits, 'experiment');
    expect(Number.isFinite(p[19])).toBe(true);
    expect(p[20]).toBeNaN();
  });
});

describe('figures by row', () => {
  const table = smallTable();
  const p = table.y.map((y, row) => y * (row % 2 === 0 ? 1.1 : 0.8));
  const correlations = [
    { feature: 'kind', r: -0.9 },
    { feature: 'work', r: 0.5 },
    { feature: 'gone', r: 0.1 },
  ];
  const figures = rowFigures(table, p, correlations);

  it('count every row once, inside the axes or outside', () => {
    const inside = figures.density.reduce((sum, cell) => sum + cell.rows, 0);
    expect(inside + figures.outside).toBe(table.y.length);
    expect(figures.rows).toBe(table.y.length);
    expect(figures.outside).toBeLessThan(0.05 * table.y.length);
  });

  it('put a row in the cell that holds it', () => {
    const exact = rowFigures(table, table.y.slice(), []);
    for (const { observed, predicted } of exact.density) expect(predicted).toEqual(observed);
  });

  it('give residuals for features of more than a few values', () => {
    expect(figures.residuals.map(({ feature }) => feature)).toEqual(['work']);
    const [work] = figures.residuals;
    expect(work!.bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(table.y.length);
    for (const { p10, p90 } of work!.bins) {
      expect(p10).toBeCloseTo(-20, 6);
      expect(p90).toBeCloseTo(10, 6);
    }
  });

  it('split the error by kind of batch and by load', () => {
    expect(figures.byKind.map(({ part, rows }) => [part, rows])).toEqual([
      ['decode only', 200],
      ['mixed', 100],
      ['empty', 100],
    ]);
    expect(figures.byKind[1]).toMatchObject({ mape: expect.closeTo(10, 6), mspe: expect.closeTo(10, 6) });
    expect(figures.byKind[2]).toMatchObject({ mape: expect.closeTo(20, 6), mspe: expect.closeTo(-20, 6) });
    expect(figures.byLoad).toHaveLength(4);
    expect(figures.byLoad.reduce((sum, part) => sum + part.rows, 0)).toBe(400);
    expect(figures.byLoad[0]!.part).toMatch(/^1–/);
    expect(figures.byLoad.at(-1)!.part).toMatch(/–40$/);
  });

  it('leave out what is not a positive number', () => {
    const broken = p.map((value, row) => (row < 10 ? Number.NaN : row < 20 ? -1 : value));
    expect(rowFigures(table, broken, []).rows).toBe(380);
  });
});
