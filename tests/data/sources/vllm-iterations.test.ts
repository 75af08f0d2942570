import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importDataset } from '../../../src/data/index.ts';
import { readSource } from '../../../src/data/sources/read-source.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';

const START = [
  '(APIServer pid=1) INFO 11-02 10:00:00 [utils.py:325] vLLM API server version 0.29.0',
  "(APIServer pid=1) INFO 11-02 10:00:00 [utils.py:261] non-default args: {'model_tag': 'meta-llama/Llama-2-70b-hf', 'host': '0.0.0.0', 'model': 'meta-llama/Llama-2-70b-hf', 'tensor_parallel_size': 4, 'block_size': 32, 'max_num_seqs': 64, 'speculative_config': {'method': 'eagle', 'model': 'tiny'}, 'enable_prefix_caching': True}",
  '(APIServer pid=1) INFO 11-02 10:00:01 [scheduler.py:231] Chunked prefill is enabled with max_num_batched_tokens=8192.',
  '(APIServer pid=1) INFO 11-02 10:00:01 [vllm.py:754] Asynchronous scheduling is enabled.',
  "(EngineCore_DP0 pid=9) INFO 11-02 10:00:05 [core.py:93] Initializing a V1 LLM engine (v0.29.0) with config: model='meta-llama/Llama-2-70b-hf', speculative_config=SpeculativeConfig(method='eagle', model='tiny'), max_seq_len=4096, tensor_parallel_size=4, pipeline_parallel_size=1, data_parallel_size=2, enable_prefix_caching=True",
  '(EngineCore_DP0 pid=9) INFO 11-02 10:00:30 [kv_cache_utils.py:1087] GPU KV cache size: 501,700 tokens',
];

function iteration(
  index: number,
  [np, p, nd, d]: readonly [number, number, number, number],
  ms: string,
  rest = '',
  prefix = '(EngineCore_DP0 pid=9) INFO 11-02 10:01:00 [core.py:359] ',
): string {
  return `${prefix}Iteration(${index}): ${np} context requests, ${p} context tokens, ${nd} generation requests, ${d} generation tokens, iteration elapsed time: ${ms} ms${rest}`;
}

function logFile(lines: readonly string[], name = 'vllm.log'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(lines.join('\r\n')) : lines.join('\n'));
  return path;
}

const BATCHES = [
  iteration(7, [1, 512, 0, 0], '9.10'),
  '(APIServer pid=1) INFO: 10.0.0.1 - "POST /v1/completions HTTP/1.1" 200 OK',
  iteration(8, [1, 100, 3, 3], '12.50'),
  iteration(9, [0, 0, 4, 8], '8.00', ' (dummy)'),
  iteration(10, [0, 0, 4, 5], '7.25'),
];

describe("a vLLM server's log with iteration details", () => {
  it('gives batches, and the settings of the server', async () => {
    for (const name of ['vllm.log', 'server.log.gz', 'output.txt']) {
      const { experiments } = await importDataset(logFile([...START, ...BATCHES], name), { hardware: 'H100' });
      expect(experiments).toHaveLength(1);
      expect(experiments[0]).toMatchObject({
        model: 'meta-llama/Llama-2-70b-hf',
        architecture: 'llama-2-70b',
        tp: 4,
        hardware: 'H100',
        blockSize: 32,
        settings: {
          engine: 'vllm',
          engineVersion: '0.29.0',
          maxNumSeqs: 64,
          maxNumBatchedTokens: 8192,
          maxModelLen: 4096,
          kvBlocks: 15678,
          prefixCaching: true,
          chunkedPrefill: true,
          asyncScheduling: true,
          dataParallel: 2,
          pipelineParallel: 1,
        },
      });
      const steps = experiments[0]!.steps!;
      expect([...steps.stepId]).toEqual([7, 8, 10]);
      expect([...steps.durationUs]).toEqual([9100, 12500, 7250]);
      expect([...steps.prefillRequests]).toEqual([1, 1, 0]);
      expect([...steps.prefillTokens]).toEqual([512, 100, 0]);
      expect([...steps.decodeRequests]).toEqual([0, 3, 4]);
      expect([...steps.decodeTokens]).toEqual([0, 3, 5]);
      expect(steps.startNs.every(Number.isNaN)).toBe(true);
    }
  });

  it('says what its times span and what it left out', async () => {
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    const cut = iteration(11, [0, 0, 4, 4], '9.99').slice(0, -20);
    await importDataset(logFile([...START, ...BATCHES, cut]), { hardware: 'H100', onNote });
    expect(notes.join('\n')).toMatch(/1 lines of iterations are left out: they are cut off or damaged/);
    expect(notes.join('\n')).toMatch(
      /how long the engine waited for the result .* asynchronous scheduling was on: what overlaps/,
    );
    expect(notes.join('\n')).toMatch(/1 dummy iterations of data-parallel ranks are left out/);
  });

  it('gives the context in use where the version logs it', async () => {
    const line = (usage: string) =>
      iteration(
        1,
        [0, 0, 2, 2],
        '8.00',
        `, GPU KV cache usage: ${usage}%, encoder inputs: 1`,
        'web-1 | INFO Engine 000: ',
      );
    const blocks = await importDataset(logFile([...START, line('25.0')]), { hardware: 'H100' });
    expect([...blocks.experiments[0]!.steps!.kvUsageRatio]).toEqual([0.25]);
    expect([...blocks.experiments[0]!.steps!.kvBlocksTotal]).toEqual([15678]);
    expect([...blocks.experiments[0]!.steps!.kvBlocksFree]).toEqual([Math.round(15678 * 0.75)]);
    // Without the size of a block the tokens of the cache tell as much.
    const start = START.map((text) => text.replace("'block_size': 32, ", ''));
    const tokens = await importDataset(logFile([...start, line('25.0')]), { hardware: 'H100' });
    expect([...tokens.experiments[0]!.steps!.kvTokens!]).toEqual([501_700 * 0.25]);
  });

  it('tells ranks and restarts apart as engines', async () => {
    const of = (index: number, rank: string) => iteration(index, [0, 0, 1, 1], '8.00', '', `(${rank} pid=9) INFO `);
    const lines = [
      of(0, 'EngineCore_DP0'),
      of(0, 'EngineCore_DP1'),
      of(1, 'EngineCore_DP1'),
      of(1, 'EngineCore_DP0'),
      of(0, 'EngineCore_DP0'),
    ];
    const [run] = await readSource(logFile(lines), {});
    expect(run!.steps!.columns.get('engine')).toEqual([0, 1, 1, 0, 2]);
    expect(run!.notes.join()).toMatch(/starts anew 1 times: a restart/);
  });

  it('takes a model in a folder by its name', async () => {
    const model = (path: string) =>
      logFile([`INFO non-default args: {'model': '${path}', 'max_num_seqs': 2}`, ...BATCHES]);
    const [folder] = await readSource(model('/srv/models/Llama-2-7b/'), {});
    expect(folder).toMatchObject({ model: 'Llama-2-7b', tp: 1, settings: { maxNumSeqs: 2 } });
    const [cache] = await readSource(model('/root/hub/models--meta-llama--Llama-2-7b-hf/snapshots/1a'), {});
    expect(cache).toMatchObject({ model: 'meta-llama/Llama-2-7b-hf' });
  });

  it('asks for what it does not say, and refuses one without batches', async () => {
    expect(await laterRefusalOf(() => importDataset(logFile(BATCHES)))).toMatchObject({
      code: 'data.missing-facts',
      details: { facts: 'model,tp,hardware' },
    });
    expect(await laterRefusalOf(() => importDataset(logFile(START)))).toMatchObject({ code: 'data.no-iterations' });
  });
});
