import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileHead } from '../../../src/data/files/file-head.ts';
import { FORMATS } from '../../../src/data/sources/formats.ts';
import { importDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { AIPERF_RECORDS, jsonLines, SAMPLES, writeSample } from './samples.ts';

async function recognising(path: string): Promise<readonly string[]> {
  const head = await fileHead(path);
  return FORMATS.filter((format) => format.recognises(head)).map(({ name }) => name);
}

const ONE_FILE = SAMPLES.filter(({ format }) => FORMATS.some(({ name }) => name === format));

describe('formats', () => {
  it.each(ONE_FILE)('know their own alone: $format, $source', async (sample) => {
    const folder = temporaryFolder();
    // A table of another kind is Parquet too, and is asked about before.
    const alike = sample.format === 'fpm-perf' ? ['parquet'] : [];
    expect(await recognising(writeSample(sample, folder))).toEqual([sample.format, ...alike]);
    for (const companion of sample.companions ?? []) expect(await recognising(join(folder, companion))).toEqual([]);
  });

  it('have a sample each', () => {
    expect(FORMATS.map(({ name }) => name).filter((name) => !SAMPLES.some(({ format }) => format === name))).toEqual(
      [],
    );
  });

  it.each(SAMPLES)('are imported: $format, $source', async (sample) => {
    const path = writeSample(sample, temporaryFolder());
    const { experiments } = await importDataset(path, sample.options);
    expect(experiments.length).toBeGreaterThan(0);
    for (const { requests, steps, points } of experiments) expect(requests ?? steps ?? points).toBeDefined();
  });

  it.each(['', 'tree/'])('are found in folders that are named like experiments: %s', async (above) => {
    const name = '20260101-120000-llama-2-7b-tp2-chat';
    const files = { [`${above}${name}/profile_export.jsonl`]: jsonLines(AIPERF_RECORDS) };
    const source = above === '' ? name : above;
    const path = writeSample({ files, source }, temporaryFolder());
    const { experiments } = await importDataset(path, { hardware: 'H100' });
    expect(experiments).toMatchObject([{ id: name, model: 'llama-2-7b', tp: 2, workload: 'chat' }]);
  });
});
