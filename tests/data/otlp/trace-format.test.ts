import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importDataset } from '../../../src/data/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { sampleSteps } from '../sample.ts';
import { event, exported, folderWith, lines, summary } from './otlp-sample.ts';

const FACTS = { model: 'llama-2-7b', tp: 1, hardware: 'H100' };
const text = lines(exported([summary(1), summary(2)]));

/** One `ExportTraceServiceRequest` with a resource that has an attribute. */
const MESSAGE = Uint8Array.of(
  0x0a,
  0x0e,
  0x0a,
  0x0c,
  0x0a,
  0x0a,
  0x0a,
  0x01,
  0x61,
  0x12,
  0x05,
  0x0a,
  0x03,
  0x62,
  0x63,
  0x64,
);

describe('trace files on their own', () => {
  it.each([
    ['of any name', 'run-7.log', text],
    ['packed', 'spans.bin', gzipSync(text)],
    ['pretty', 'spans.json', JSON.stringify(exported([summary(1), summary(2)]), null, 2)],
  ])('are known by their content: %s', async (_, name, content) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    const { experiments } = await importDataset(path, FACTS);
    expect(experiments[0]!.steps).toEqual(sampleSteps([1, 2]));
    expect(experiments[0]!.id).toBe(name.replace(/\.\w+$/, ''));
  });

  it('take from the name of their folder what it says', async () => {
    const { experiments } = await importDataset(join(folderWith({ 'traces.json': text }), 'traces.json'));
    expect(experiments[0]).toMatchObject({
      id: '20260101-000000-llama-2-70b-tp4-general',
      model: 'llama-2-70b',
      tp: 4,
      workload: 'general',
    });
  });

  it('need to be told what they do not say, the model too unless their spans name it', async () => {
    const path = join(temporaryFolder(), 'spans.json');
    writeFileSync(path, text);
    await expect(importDataset(path)).rejects.toThrow(
      /the model, the tensor parallelism and the hardware are not known/,
    );
    const named = exported([], {
      name: 'llm_request',
      start: '1700000000000000000',
      span: { 'gen_ai.response.model': 'llama-2-7b', 'gen_ai.latency.e2e': 2 },
    });
    writeFileSync(path, text + lines(named));
    const { experiments } = await importDataset(path, { tp: 1, hardware: 'H100' });
    expect(experiments[0]).toMatchObject({ model: 'llama-2-7b', requests: { departedUs: Float64Array.of(2e6) } });
  });

  it('take what the files beside them say of the server', async () => {
    const folder = join(temporaryFolder(), 'run');
    mkdirSync(folder);
    writeFileSync(join(folder, 'traces.json'), text);
    writeFileSync(
      join(folder, 'exp-config.yaml'),
      'model: meta-llama/Llama-2-7b-hf\ntensor_parallelism: 1\nmax_num_seqs: 64\n',
    );
    const notes: string[] = [];
    const { experiments } = await importDataset(folder, { hardware: 'H100', onNote: (line) => notes.push(line) });
    expect(experiments[0]).toMatchObject({
      id: 'run',
      architecture: 'llama-2-7b',
      tp: 1,
      settings: { maxNumSeqs: 64 },
    });
    expect(notes).toEqual([]);
  });

  it('may hold requests alone', async () => {
    const path = join(temporaryFolder(), 'spans.json');
    writeFileSync(path, lines(exported([event('journey.QUEUED', { 'ts.monotonic': 3 })], { name: 'llm_core' })));
    const { experiments } = await importDataset(path, FACTS);
    expect(experiments[0]).not.toHaveProperty('steps');
    expect(experiments[0]!.requests!.originNs).toBe(3e9);
  });

  it('are one run with those that were rotated from them, by file and by folder', async () => {
    const folder = join(temporaryFolder(), 'run');
    mkdirSync(folder);
    writeFileSync(join(folder, 'data-2026-01-01T00-10-00.000.json'), lines(exported([summary(1)])));
    writeFileSync(join(folder, 'data-2026-01-01T00-20-00.000.json.gz'), gzipSync(lines(exported([summary(2)]))));
    writeFileSync(join(folder, 'data.json'), lines(exported([summary(3)])));
    writeFileSync(join(folder, 'other.json'), lines(exported([summary(4)])));
    const { experiments } = await importDataset(folder, FACTS);
    expect(experiments.map(({ id, steps }) => [id, [...steps!.stepId]])).toEqual([
      ['data', [1, 2, 3]],
      ['other', [4]],
    ]);
    for (const name of ['data.json', 'data-2026-01-01T00-10-00.000.json']) {
      expect((await importDataset(join(folder, name), FACTS)).experiments[0]!.steps).toEqual(sampleSteps([1, 2, 3]));
    }
  });
});

describe('OTLP in protobuf', () => {
  it.each([
    ['in a tree', 'traces.json', MESSAGE],
    ['behind its length', 'traces.binpb', Uint8Array.of(0, 0, 0, MESSAGE.length, ...MESSAGE)],
    ['packed', 'traces.pb', gzipSync(MESSAGE)],
  ])('is refused with how to export it: %s', async (_, name, content) => {
    const folder = folderWith({ [name]: content });
    const source = name === 'traces.json' ? folder : join(folder, name);
    expect(await laterRefusalOf(() => importDataset(source))).toMatchObject({
      code: 'data.otlp-protobuf',
      place: { file: join(folder, name) },
      mend: expect.stringContaining('format: json'),
    });
  });
});
