import { describe, expect, it } from 'vitest';
import type { ClosedLoopFit } from '../../src/evaluate/index.ts';
import { type Individual, pickProgram } from '../../src/search/index.ts';
import { choosable } from '../../src/search/pick.ts';

function individual(
  id: string,
  operations: number,
  features: number,
  validationError: number,
  valid: readonly { readonly rows: number; readonly mape: number }[] = [],
): Individual {
  const evaluation = { validationError, metrics: { valid } };
  return { id, criteria: { operations, features, error: 1 }, evaluation } as unknown as Individual;
}

describe('the program to use', () => {
  it('is the simplest within 5 % of the best validation error', () => {
    const front = [individual('a', 1, 1, 10.6), individual('b', 5, 3, 10.5), individual('c', 9, 4, 10)];
    expect(pickProgram(front)?.id).toBe('b');
  });

  it('has fewer features, then the lower validation error, among equally many operations', () => {
    const front = [individual('a', 5, 3, 10), individual('b', 5, 2, 10.4), individual('c', 5, 2, 10.2)];
    expect(pickProgram(front)?.id).toBe('c');
  });

  it('is as good where its error is higher by no more than the rows scatter', () => {
    // 400 rows that scatter by 2 % tell a mean to 0.1 %.
    const rows = [{ rows: 400, mape: 2 }];
    const front = [
      individual('a', 1, 1, 0.27, rows),
      individual('b', 5, 3, 0.25, rows),
      individual('c', 9, 4, 0.16, rows),
    ];
    expect(pickProgram(front)?.id).toBe('b');
  });

  it('leaves out what has no validation error, and is nothing for an empty front', () => {
    expect(pickProgram([individual('a', 1, 1, NaN), individual('b', 2, 1, 3)])?.id).toBe('b');
    expect(pickProgram([])).toBeUndefined();
  });
});

describe('programs that were fitted in closed loop', () => {
  function looped(id: string, operations: number, frozen: number, closed: number): Individual {
    const made = individual(id, operations, 1, frozen);
    const closedLoop = { validationError: closed } as unknown as ClosedLoopFit;
    return { ...made, evaluation: { ...made.evaluation, closedLoop } };
  }

  it('are chosen among by their error there', () => {
    const front = [looped('a', 3, 2, 9), looped('b', 7, 2.2, 1.5), individual('c', 1, 1, 0.1)];
    expect(pickProgram(front)?.id).toBe('b');
  });

  it('are those of at most twice the best validation error, eight at most, best first', () => {
    const front = Array.from({ length: 12 }, (_, i) => individual(`p${i}`, i, 1, 12 - i));
    expect(choosable(front).map(({ id }) => id)).toEqual(['p11', 'p10']);
    const close = Array.from({ length: 12 }, (_, i) => individual(`p${i}`, i, 1, 2 - i / 100));
    expect(choosable(close)).toHaveLength(8);
    expect(choosable([])).toEqual([]);
  });
});
