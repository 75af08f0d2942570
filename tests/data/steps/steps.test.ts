import { describe, expect, it } from 'vitest';
import { stepColumns } from '../../../src/data/steps/steps.ts';
import { COLUMN_NAMES, sampleRecord } from '../sample.ts';

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

describe('columns that contradict each other', () => {
  const changed = (change: (record: ReturnType<typeof sampleRecord>) => Partial<ReturnType<typeof sampleRecord>>) => {
    const records = Array.from({ length: 9 }, (_, id) => ({ ...sampleRecord(id), ...change(sampleRecord(id)) }));
    const raw = new Map(COLUMN_NAMES.map((name) => [name as string, records.map((record) => record[name])]));
    return () => stepColumns(raw, 'steps.csv', (row, at) => ({ file: 'steps.csv', line: row + 2, at }));
  };
  type Record = ReturnType<typeof sampleRecord>;
  const scaled = (factor: number) => (record: Record) => ({
    startNs: record.startNs * factor,
    endNs: record.endNs * factor,
  });

  it.each<[string, (record: Record) => Partial<Record>, RegExp]>([
    ['timestamps in seconds', scaled(1e-9), /likely the timestamps are in seconds\b/],
    [
      'timestamps in whole seconds, where most steps take none',
      ({ stepId }) => ({ durationUs: 200_000, startNs: stepId, endNs: stepId + (stepId === 4 ? 1 : 0) }),
      /likely the timestamps are in seconds$/,
    ],
    ['timestamps in milliseconds', scaled(1e-6), /likely the timestamps are in milliseconds$/],
    [
      'timestamps in microseconds, or durations in nanoseconds',
      scaled(1e-3),
      /likely the timestamps are in microseconds, or the durations are in nanoseconds$/,
    ],
    [
      'durations in milliseconds',
      ({ durationUs }) => ({ durationUs: durationUs / 1e3 }),
      /likely the durations are in milliseconds$/,
    ],
    [
      'durations in seconds',
      ({ durationUs }) => ({ durationUs: durationUs / 1e6 }),
      /likely the durations are in seconds$/,
    ],
    ['durations in a unit of nobody', ({ durationUs }) => ({ durationUs: durationUs * 5e4 }), /times the duration/],
    ['tokens that do not add up', () => ({ scheduledTokens: 7 }), /in 9 of 9 records scheduled tokens are not the sum/],
    [
      'decode tokens and requests mixed up',
      ({ decodeRequests }) => ({ decodeRequests: decodeRequests + 1 }),
      /fewer tokens are decoded than requests decode/,
    ],
    ['a share in percent', () => ({ kvUsageRatio: 25 }), /the KV cache in use is 25, likely in percent$/],
    [
      'a share in percent below 1 in most records',
      ({ stepId }) => ({
        kvUsageRatio: stepId < 2 ? 2 : 0.9,
        kvBlocksTotal: 1000,
        kvBlocksFree: stepId < 2 ? 980 : 991,
      }),
      /likely in percent$/,
    ],
    [
      'blocks in use where free ones belong',
      () => ({ kvUsageRatio: 0.25, kvBlocksTotal: 1000, kvBlocksFree: 250 }),
      /likely they are the blocks in use$/,
    ],
  ])('are refused by name: %s', (_, change, words) => {
    expect(changed(change)).toThrow(words);
    expect(changed(change)).toThrow(/^steps\.csv: columns `/);
  });

  it('are none where a few records are odd, or a clock stood still', () => {
    expect(changed((record) => (record.stepId < 4 ? { scheduledTokens: 7 } : {}))).not.toThrow();
    expect(changed(({ startNs }) => ({ endNs: startNs }))).not.toThrow();
  });
});
