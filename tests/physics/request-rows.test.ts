import { describe, expect, it } from 'vitest';
import {
  type BatchState,
  concatRequests,
  gatherRequests,
  reductionColumn,
  REQUEST_FIELD_NAMES,
  requestReductions,
  type RequestRows,
  requestRowsOfState,
  requestTable,
} from '../../src/physics/index.ts';
import { parseExpression, makeReduction, type Reduction } from '../../src/program/index.ts';

/** Row 0: a chunk of 200 after 100 of 512, and a decode; row 1: nothing; row 2: one that computes nothing, and a decode. */
const STATE: BatchState = {
  offsets: Float64Array.from([0, 2, 2, 4]),
  computedTokens: Int32Array.from([100, 70_000, 5, 12]),
  newTokens: Int32Array.from([200, 1, 0, 1]),
  promptTokens: Int32Array.from([512, 69_990, 9, 12]),
  outputTokens: Int32Array.from([0, 11, 0, 1]),
  preemptions: Int32Array.from([0, 0, 0, 0]),
};
const ROWS: RequestRows = requestRowsOfState(STATE, [0, 1, 2]);

function reduction(over: 'sum' | 'max', body: string): Reduction {
  return makeReduction(over, parseExpression(body, REQUEST_FIELD_NAMES));
}
function valuesOf(body: string, over: 'sum' | 'max' = 'sum'): readonly number[] {
  return [...reductionColumn(reduction(over, body), ROWS)];
}

describe('the requests of rows', () => {
  it('are those that the step computes tokens for, in columns no wider than they need', () => {
    expect([...ROWS.offsets]).toEqual([0, 2, 2, 3]);
    expect([...ROWS.context]).toEqual([100, 70_000, 12]);
    expect(ROWS.context).toBeInstanceOf(Int32Array);
    expect(ROWS.newTokens).toBeInstanceOf(Uint8Array);
  });

  it('give every field, phases told by StepTime’s rule', () => {
    expect(valuesOf('context')).toEqual([70_100, 0, 12]);
    expect(valuesOf('newTokens')).toEqual([201, 0, 1]);
    expect(valuesOf('promptTokens')).toEqual([70_502, 0, 12]);
    expect(valuesOf('isPrefill')).toEqual([1, 0, 0]);
    // 70000 − 69990 + 1, and the first token after a prompt of 12.
    expect(valuesOf('outputTokens')).toEqual([11, 0, 1]);
    expect(valuesOf('isPrefill * newTokens * context')).toEqual([20_000, 0, 0]);
    expect(valuesOf('context', 'max')).toEqual([70_000, 0, 12]);
  });

  it('grow as larger requests would, and stay in their phase', () => {
    const pairs = reduction('sum', 'isPrefill * newTokens * context');
    expect(reductionColumn(pairs, ROWS, 2)[0]).toBe(4 * 20_000);
    expect([...reductionColumn(reduction('sum', 'isPrefill'), ROWS, 2)]).toEqual([1, 0, 0]);
  });

  it('are gathered and joined', () => {
    const both = concatRequests([gatherRequests(ROWS, [2]), gatherRequests(ROWS, [1, 0])]);
    expect([...reductionColumn(reduction('sum', 'context'), both)]).toEqual([12, 0, 70_100]);
    expect(both.context).toBeInstanceOf(Int32Array);
    expect(concatRequests([]).offsets).toHaveLength(1);
  });

  it('bound what reductions may be', () => {
    const { most, fields } = requestTable(ROWS);
    expect(most).toBe(3);
    expect(fields.map(({ name, range }) => [name, range[1]])).toEqual([
      ['context', 87_500],
      ['newTokens', 250],
      ['promptTokens', 87_487.5],
      ['outputTokens', 13.75],
      ['isPrefill', 1],
    ]);
  });
});

it('the reference over requests of a simulator leaves out what takes no part', () => {
  const { name } = reduction('sum', 'context');
  const request = { progressIndex: 30, newTokens: 1, inputLength: 20, outputLength: 4 };
  expect(requestReductions([name, 'requests'], [request, { ...request, outputLength: 0 }])).toEqual({ [name]: 30 });
});
