import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { buildTable, importDataset, loadDataset, saveDataset } from '../../../src/data/index.ts';
import { readSource } from '../../../src/data/sources/read-source.ts';
import { computeFeatures, hardware, architecture } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';

const FACTS = { model: 'llama-2-7b', tp: 1, hardware: 'H100' };

function pass(counter: number, scheduled: readonly [number, number, number, number, number], rank = 0): object {
  const [np, p, pkv, nd, dkv] = scheduled;
  return {
    version: 1,
    worker_id: 'w',
    dp_rank: rank,
    counter_id: counter,
    wall_time: 0.001 * counter,
    scheduled_requests: {
      num_prefill_requests: np,
      sum_prefill_tokens: p,
      var_prefill_length: 0,
      sum_prefill_kv_tokens: pkv,
      num_decode_requests: nd,
      sum_decode_kv_tokens: dkv,
      var_decode_kv_tokens: 0,
    },
    queued_requests: {
      num_prefill_requests: 2,
      sum_prefill_tokens: 9,
      num_decode_requests: 1,
      sum_decode_kv_tokens: 7,
    },
  };
}

function record(fpm: object, mode = 'full'): object {
  return {
    schema: 'dynamo.fpm.trace.v1',
    source: { namespace: 'n', component: 'c', producer_id: '1' },
    capture_mode: mode,
    observed_at_unix_ms: 1,
    fpm,
  };
}

const lines = (values: readonly object[]): string => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;

function file(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const PASSES = [pass(3, [1, 8, 100, 0, 0]), pass(4, [0, 0, 0, 0, 0]), pass(5, [1, 6, 10, 3, 600])];

describe('a trace of forward-pass metrics', () => {
  it('gives batches with their contexts to the token, in every wrapping', async () => {
    const wrapped = [
      PASSES.map((each) => record(each)),
      PASSES,
      PASSES.map((each, at) => ({ timestamp: at, event: record(each) })),
    ];
    for (const values of wrapped) {
      for (const name of ['trace.jsonl', 'trace.jsonl.gz']) {
        const { experiments } = await importDataset(file(name, lines(values)), FACTS);
        expect(experiments[0]).toMatchObject({ id: 'trace', model: 'llama-2-7b' });
        const steps = experiments[0]!.steps!;
        expect([...steps.stepId]).toEqual([3, 5]);
        expect([...steps.durationUs]).toEqual([3000, 5000]);
        expect([...steps.prefillTokens]).toEqual([8, 6]);
        expect([...steps.decodeTokens]).toEqual([0, 3]);
        expect([...steps.waitingDepth]).toEqual([3, 3]);
        const context = {
          architecture: architecture('llama-2-7b'),
          hardware: hardware('H100'),
          tensorParallelism: 1,
          blockSize: 16,
        };
        const { kvTokens, kvTokensPerRequest } = computeFeatures(steps, context, ['kvTokens', 'kvTokensPerRequest']);
        expect([...kvTokens!]).toEqual([100, 610]);
        expect([...kvTokensPerRequest!]).toEqual([100, 152.5]);
      }
    }
  });

  it('offers every feature, and is stored and found again', async () => {
    const many = Array.from({ length: 9 }, (_, at) => pass(at + 1, [0, 0, 0, 1, 40 + at]));
    const dataset = await importDataset(file('trace.jsonl', lines(many)), FACTS);
    const table = buildTable(dataset, { target: 'duration', splits: ['train'] });
    expect([...table.columns[table.features.findIndex(({ name }) => name === 'kvTokens')]!]).toEqual([
      40, 41, 42, 43, 44,
    ]);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
  });

  it('says what its times span, what it left out, and that it was sampled', async () => {
    const [run] = await readSource(file('a.jsonl', lines(PASSES.map((each) => record(each, 'sampled')))), {});
    const notes = run!.notes.join('\n');
    expect(notes).toMatch(/wall time from the schedule of a batch to the update/);
    expect(notes).toMatch(/1 heartbeats without requests are left out/);
    expect(notes).toMatch(/the trace was sampled/);
  });

  it('tells ranks apart as engines', async () => {
    const [run] = await readSource(
      file('a.jsonl', lines([pass(1, [0, 0, 0, 1, 5]), pass(1, [0, 0, 0, 1, 6], 1), PASSES[0]!])),
      {},
    );
    expect(run!.steps!.columns.get('engine')).toEqual([0, 1, 0]);
  });

  it('is read whole where it was rotated, once', async () => {
    const first = file('fpm.7.000001.jsonl.gz', lines([PASSES[0]!]));
    writeFileSync(join(dirname(first), 'fpm.7.000002.jsonl.gz'), gzipSync(lines([PASSES[2]!])));
    const { experiments } = await importDataset(dirname(first), FACTS);
    expect(experiments.map(({ id, steps }) => [id, [...steps!.stepId]])).toEqual([['fpm.7', [3, 5]]]);
    const named = await importDataset([first, join(dirname(first), 'fpm.7.000002.jsonl.gz')], FACTS);
    expect(named.hash).toBe((await importDataset(dirname(first), FACTS)).hash);
  });

  it('names the line that is broken', async () => {
    const text = lines(PASSES.map((each) => record(each)));
    const cut = file('a.jsonl', text.slice(0, -30));
    expect(await laterRefusalOf(() => importDataset(cut, FACTS))).toMatchObject({ place: { file: cut, line: 3 } });
    const wrong = file('b.jsonl', text.replace('"sum_prefill_tokens":6', '"sum_prefill_tokens":"6"'));
    expect(await laterRefusalOf(() => importDataset(wrong, FACTS))).toMatchObject({
      code: 'data.wrong-forward-pass',
      place: { line: 3, at: 'fpm.scheduled_requests.sum_prefill_tokens' },
    });
    const idle = file('c.jsonl', lines([record(PASSES[1]!)]));
    expect(await laterRefusalOf(() => importDataset(idle, FACTS))).toMatchObject({ code: 'data.no-steps' });
  });
});

describe('measured forward passes of AIConfigurator', () => {
  const ROWS = [
    ['h100_sxm', 'prefill', 2, 512, 64, 12.5, 1],
    ['h100_sxm', 'decode', 8, 0, 4096, 7, 1],
    ['b900', 'decode', 4, 0, 100, 6, 2],
  ] as const;

  function parquet(latency: (row: number) => number | undefined = (row) => ROWS[row]![5]): string {
    const text = (name: string, of: (row: (typeof ROWS)[number]) => string) => ({
      name,
      data: ROWS.map(of),
      type: 'STRING' as const,
    });
    const whole = (name: string, of: (row: (typeof ROWS)[number]) => number) => ({
      name,
      data: ROWS.map((row) => BigInt(of(row))),
      type: 'INT64' as const,
    });
    const columnData = [
      text('model_path', () => 'meta-llama/Llama-2-7b-hf'),
      text('system', ([system]) => system),
      text('backend', () => 'vllm'),
      text('backend_version', () => '0.19.0'),
      whole('tp', () => 1),
      whole('pp', () => 1),
      whole('dp', (row) => row[6]),
      text('workload_kind', ([, kind]) => kind),
      whole('batch_size', (row) => row[2]),
      whole('total_prefill_tokens', (row) => row[3]),
      whole('total_kv_read_tokens', (row) => row[4]),
      { name: 'latency_ms', data: ROWS.map((_, row) => latency(row)), type: 'DOUBLE' as const, nullable: true },
    ];
    const path = join(temporaryFolder(), 'fpm_forward_perf.parquet');
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData })));
    return path;
  }

  it('are an experiment for each set-up', async () => {
    const [first, second] = await readSource(parquet(), {});
    expect(first).toMatchObject({
      id: 'llama-2-7b-hf-h100_sxm-vllm-tp1',
      model: 'meta-llama/Llama-2-7b-hf',
      hardware: 'h100_sxm',
      tp: 1,
      settings: { engine: 'vllm', engineVersion: '0.19.0', dataParallel: 1 },
    });
    expect(second).toMatchObject({ id: 'llama-2-7b-hf-b900-vllm-tp1-dp2' });
    expect(second!.hardware).toBeUndefined();
    const { experiments } = await importDataset(parquet(), { hardware: 'A100' });
    const steps = experiments.find(({ id }) => id.includes('h100'))!.steps!;
    expect(experiments.map(({ hardware: name }) => name)).toEqual(['A100', 'H100']);
    expect([...steps.durationUs]).toEqual([12500, 7000]);
    expect([...steps.prefillRequests]).toEqual([2, 0]);
    expect([...steps.prefillTokens]).toEqual([512, 0]);
    expect([...steps.decodeRequests]).toEqual([0, 8]);
    expect([...steps.decodeTokens]).toEqual([0, 8]);
    expect([...steps.kvTokens!]).toEqual([64, 4096]);
  });

  it('name the record of a bad cell', async () => {
    const path = parquet((row) => (row === 1 ? undefined : 5));
    const error = await laterRefusalOf(() => importDataset(path, { hardware: 'A100' }));
    expect(error.message).toBe(`${path}: column \`step.duration_us\`, record 2: the cell is empty`);
  });
});
