import { describe, expect, it } from 'vitest';
import { stepColumns } from '../../src/data/steps.ts';
import { COLUMN_NAMES, sampleRecord } from './sample.ts';

describe('step records', () => {
  const read = (kvBlocksFree: number, kvBlocksTotal: number) => {
    const record = { ...sampleRecord(1), kvBlocksFree, kvBlocksTotal };
    const raw = new Map(COLUMN_NAMES.map((name) => [name as string, [record[name]]]));
    return stepColumns(raw, 'steps.csv', (row, at) => ({ file: 'steps.csv', line: row + 2, at }));
  };

  it('may have every block free, but no more', () => {
    expect(read(100, 100).kvBlocksFree).toEqual(Float64Array.of(100));
    expect(() => read(101, 100)).toThrow(/steps\.csv:2: kvBlocksFree: 101 blocks are free of 100/);
  });
});
