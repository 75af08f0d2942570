import { describe, expect, it } from 'vitest';
import { blisTrace } from '../../../src/export/index.ts';

describe('a trace for BLIS', () => {
  const { header, data } = blisTrace(
    {
      arrivalUs: Float64Array.of(1000, 2500.4, 9000),
      promptTokens: Float64Array.of(500, 500, 40),
      outputTokens: Float64Array.of(10, 20, 1),
      prefixes: { of: Int32Array.of(0, 0, 1), tokens: Float64Array.of(300, 40) },
    },
    'Org/Model',
  );
  const [names = [], ...rows] = data
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const column = (name: string): readonly string[] => rows.map((row) => row[names.indexOf(name)]!);

  it('counts arrivals in whole microseconds from the first one', () => {
    expect(header).toContain('trace_version: 2\n');
    expect(column('arrival_time_us')).toEqual(['0', '1500', '8000']);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([27]));
  });

  it('sets the beginning that prompts share apart from their own tokens, of which there is at least one', () => {
    expect(column('prefix_group')).toEqual(['p0', 'p0', 'p1']);
    expect(column('prefix_length')).toEqual(['300', '300', '39']);
    expect(column('input_tokens')).toEqual(['200', '200', '1']);
  });

  it('names the model as the simulator routes by it', () => {
    expect(new Set(column('model'))).toEqual(new Set(['org/model']));
  });
});
