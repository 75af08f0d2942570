import { describe, expect, it } from 'vitest';
import { type PlainTableOptions, tableOf } from '../../src/data/index.ts';
import { columnNames } from '../../src/data/tables/column-names.ts';

const ROWS = 20;
const count = Array.from({ length: ROWS }, (_, row) => row);
const COLUMNS = { x1: count, x2: count.map((row) => row * row - 50), y: count.map((row) => 10 - 3 * row) };

function noted(columns: Readonly<Record<string, ArrayLike<number>>>, options: PlainTableOptions = {}) {
  const notes: string[] = [];
  const table = tableOf(columns, 'y', { ...options, onNote: (line) => notes.push(line) });
  return { table, notes };
}

describe('tableOf', () => {
  it('splits shuffled rows 60/20/20, the same way each time, and keeps each row together', () => {
    const { experiments, columns, y, features } = tableOf(COLUMNS, 'y', { units: { y: 'm', x1: 's' } });
    expect(experiments.map(({ id, rows }) => [id, rows])).toEqual([
      ['all', { train: [0, 12], valid: [12, 16], test: [16, 20] }],
    ]);
    expect([...columns[0]!]).not.toEqual(count);
    expect([...columns[0]!].toSorted((a, b) => a - b)).toEqual(count);
    expect([...y]).toEqual([...columns[0]!].map((row) => 10 - 3 * row));
    expect(tableOf(COLUMNS, 'y').y).toEqual(y);
    expect(features.target).toEqual({ name: 'y', unit: 'm' });
    expect(features[0]).toMatchObject({ name: 'x1', unit: 's', isDiscrete: true });
  });

  it('keeps the order of the rows where it is temporal, with ranges of the training rows', () => {
    const { columns, features } = tableOf(COLUMNS, 'y', { split: 'temporal', features: ['x1'] });
    expect([...columns[0]!]).toEqual(count);
    expect(features.map(({ name, range }) => [name, range])).toEqual([['x1', [0, 11]]]);
  });

  it('makes a group of the rows with equal cells, and lets rows weigh what a column says', () => {
    const { table } = noted(
      { ...COLUMNS, kind: count.map((row) => row % 2), w: count },
      { group: 'kind', weights: 'w' },
    );
    expect(table.experiments.map(({ id, rows }) => [id, rows.test])).toEqual([
      ['0', [8, 10]],
      ['1', [18, 20]],
    ]);
    expect([...table.rowWeights!]).toEqual([...table.columns[0]!]);
    expect(table.features.map(({ name }) => name)).toEqual(['x1', 'x2']);
  });

  it('leaves out rows with cells that are no finite numbers, and columns that tell nothing, and says so', () => {
    const { table, notes } = noted({
      ...COLUMNS,
      x2: COLUMNS.x2.map((value, row) => (row === 3 ? Number.NaN : row === 5 ? Infinity : value)),
      flat: count.map(() => 7),
      'speed (m/s)': count,
    });
    expect(table.y.length).toBe(ROWS - 2);
    expect(table.features.map(({ name }) => name)).toEqual(['x1', 'x2', 'speed_m_s']);
    expect(notes).toEqual([
      'column `flat` is left out: it is 7 in every row',
      '2 of 20 rows are left out, where a cell is empty or no finite number: `x2` in 2',
      'column `speed (m/s)` is `speed_m_s` in programs',
    ]);
  });

  it.each<[string, Record<string, number[]>, PlainTableOptions, string]>([
    ['no such target', { x: count }, {}, 'no column `y` in it; it has `x`'],
    ['no such feature', COLUMNS, { features: ['z'] }, 'no column `z` in it; it has `x1`, `x2`, `y`'],
    ['the target as a feature', COLUMNS, { features: ['y'] }, 'column `y` is the target, the weights or the group'],
    ['one distinct target', { x: count, y: count.map(() => 2) }, {}, 'the target is 2 in every row'],
    ['few rows', { x: count.slice(0, 8), y: count.slice(0, 8) }, {}, '8 rows are usable, at least 10 are needed'],
    [
      'a small group',
      { ...COLUMNS, g: count.map((row) => +(row > 3)) },
      { group: 'g' },
      '4 rows of group `0` are usable',
    ],
    ['no numbers', { x: count, y: count.map(() => Number.NaN) }, {}, 'column `y` holds no numbers'],
    ['no features', { y: count }, {}, 'no column of numbers is left to predict the target from'],
    ['weights below 0', COLUMNS, { weights: 'x2' }, 'a row cannot weigh -50'],
  ])('refuses %s', (_, columns, options, problem) => {
    expect(() => tableOf(columns, 'y', options)).toThrow(problem);
  });
});

describe('columnNames', () => {
  it.each([
    [
      ['x', 'batch size', 'Größe'],
      ['x', 'batch_size', 'Gro_e'],
    ],
    [
      ['a b', 'a-b', 'a_b'],
      ['a_b_2', 'a_b_3', 'a_b'],
    ],
    [
      ['2theta', '', '%'],
      ['x2theta', 'column2', 'column3'],
    ],
    [
      ['max', 'constructor', 'lambda'],
      ['max_', 'constructor_', 'lambda'],
    ],
  ])('names %j', (headers, names) => {
    expect(columnNames(headers)).toEqual(names);
  });
});
