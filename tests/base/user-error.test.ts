import { describe, expect, it } from 'vitest';
import { type Place, placeText, UserError } from '../../src/base/index.ts';

describe('an error that the user can mend', () => {
  it('is data, and its message says the place and the problem', () => {
    const cause = new RangeError('deep');
    const error = new UserError({
      code: 'data.wrong-cell',
      place: { file: 'a.csv', line: 3, column: 2, at: 'column `tp`' },
      problem: '"x" is not a number',
      mend: 'Correct the cell',
      details: { cell: 'x' },
      cause,
    });
    expect(error).toMatchObject({
      name: 'UserError',
      code: 'data.wrong-cell',
      place: { file: 'a.csv', line: 3, column: 2, at: 'column `tp`' },
      problem: '"x" is not a number',
      message: 'a.csv:3:2: column `tp`: "x" is not a number',
      mend: 'Correct the cell',
      details: { cell: 'x' },
      cause,
    });
    expect(Object.isFrozen(error.place) && Object.isFrozen(error.details)).toBe(true);
  });

  it('needs no place', () => {
    const error = new UserError({ code: 'llm.no-model', problem: 'no model is named', mend: 'Name one' });
    expect(error).toMatchObject({ message: 'no model is named', place: {}, details: {} });
    expect('cause' in error).toBe(false);
  });
});

describe('a place as text', () => {
  it.each<[Place, string]>([
    [{}, ''],
    [{ file: 'a' }, 'a'],
    [{ file: 'a', line: 1 }, 'a:1'],
    [{ file: 'a', line: 1, column: 2 }, 'a:1:2'],
    [{ file: 'a', at: 'b.0' }, 'a: b.0'],
    [{ at: 'b.0' }, 'b.0'],
    [{ file: undefined, line: 4, at: '' }, '4'],
  ])('%j leaves out what is not known', (place, text) => {
    expect(placeText(place)).toBe(text);
  });
});
