import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset, loadDataset, saveDataset } from '../../../../src/data/index.ts';
import { realData } from '../../../real-data.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';

const META = {
  model: 'meta-llama/Llama-3.1-8B',
  vllm_version: '0.19.0',
  engine_kwargs: { tensor_parallel_size: 1, max_num_seqs: 128, max_model_len: null },
  kv_cache: { num_gpu_blocks: 2588, block_size: 32, enable_prefix_caching: true },
  hardware: { device_name: 'NVIDIA GeForce RTX 4090' },
};
// The wall clock is 1000 s ahead of the engine's; the second request waited 0.25 s before it was queued.
const REQUESTS = [
  {
    input_toks: 7,
    output_toks: 2,
    arrival_time: 1002,
    queued_ts: 2.25,
    scheduled_ts: 2.5,
    first_token_ts: 3,
    last_token_ts: 4,
  },
  {
    input_toks: 8,
    output_toks: 3,
    arrival_time: 1001,
    queued_ts: 1,
    scheduled_ts: 1,
    first_token_ts: 3,
    last_token_ts: null,
  },
];

function folderWith(meta: object | undefined, lines: readonly string[]): string {
  const folder = join(temporaryFolder(), 'run-1');
  mkdirSync(folder);
  if (meta !== undefined) writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  writeFileSync(join(folder, 'requests.jsonl'), lines.join('\n'));
  return folder;
}

const LINES = REQUESTS.map((request) => JSON.stringify(request));

describe("a request log of LLMServingSim's bench", () => {
  it('becomes requests on one clock, with the settings of the server', async () => {
    const folder = folderWith(META, LINES);
    const { experiments } = await importDataset(folder);
    expect(experiments).toHaveLength(1);
    expect(experiments[0]).toMatchObject({
      id: 'run-1',
      model: 'meta-llama/Llama-3.1-8B',
      tp: 1,
      hardware: 'RTX-4090',
      blockSize: 32,
      settings: { engine: 'vllm', engineVersion: '0.19.0', maxNumSeqs: 128, kvBlocks: 2588, prefixCaching: true },
    });
    const { arrivalUs, queuedUs, firstTokenUs, lastTokenUs, promptTokens, outcome, cachedTokens } =
      experiments[0]!.requests!;
    expect([...arrivalUs]).toEqual([0, 1e6]);
    expect([...queuedUs]).toEqual([0, 1.25e6]);
    expect([...firstTokenUs]).toEqual([2e6, 2e6]);
    expect([...lastTokenUs]).toEqual([Number.NaN, 3e6]);
    expect([...promptTokens]).toEqual([8, 7]);
    expect([...outcome]).toEqual([3, 0]);
    expect([...cachedTokens]).toEqual([Number.NaN, Number.NaN]);
  });

  it('comes back from a dataset as it was', async () => {
    const dataset = await importDataset(folderWith(META, LINES));
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
    // The same source again, beside the dataset that has it: nothing changes.
    expect((await importDataset([folder, folder])).hash).toBe(dataset.hash);
  });

  it('is judged like other logs: what is there twice, goes backwards or did not complete is counted', async () => {
    const backwards = { ...REQUESTS[0], request_id: 'c', arrival_time: 1003, queued_ts: 9, scheduled_ts: 8 };
    const named = [{ ...REQUESTS[0], request_id: 'a' }, { ...REQUESTS[1], request_id: 'b' }, backwards];
    const folder = folderWith(
      META,
      [...named, named[0]].map((request) => JSON.stringify(request)),
    );
    const notes: string[] = [];
    const { experiments } = await importDataset(folder, { onNote: (line) => notes.push(line) });
    const { arrivalUs, scheduledUs } = experiments[0]!.requests!;
    expect([...arrivalUs]).toEqual([0, 1e6, 2e6]);
    expect([...scheduledUs]).toEqual([0, 1.5e6, Number.NaN]);
    expect(notes.map((line) => line.replace(/^.*requests\.jsonl: /, ''))).toEqual([
      '1 of 4 requests are there twice: kept once',
      '1 of 3 requests have times that go backwards: nothing after their sending is known',
      '1 of 3 requests stand after one that arrived later: sorted by arrival',
      '1 of 3 requests did not complete (1 incomplete): kept with their outcome',
    ]);
  });

  it('asks for all that is not known at once', async () => {
    const folder = folderWith(undefined, LINES);
    await expect(importDataset(folder)).rejects.toThrow(
      /requests\.jsonl: the model, the tensor parallelism and the hardware are not known$/,
    );
    const server = { model: 'llama-3-1-8b', tp: 2, hardware: 'H100', settings: { maxNumSeqs: 64 } };
    expect((await importDataset(folder, { server, hardware: 'A100' })).experiments[0]).toMatchObject({
      tp: 2,
      hardware: 'A100',
      settings: { maxNumSeqs: 64 },
    });
  });

  it.each([
    ['a line that is cut off', [LINES[0]!, LINES[1]!.slice(0, 40)], /requests\.jsonl:2:41: not JSON/],
    ['a length that is no count', [LINES[0]!.replace('7', '-7')], /requests\.jsonl:1: input_toks: /],
  ])('says where %s is', async (_, lines, message) => {
    await expect(importDataset(folderWith(META, lines))).rejects.toThrow(message);
  });

  it.skipIf(realData === undefined)('is read as real runs wrote it', async () => {
    const { experiments } = await importDataset(join(realData!, 'requests'), { hardware: 'RTX PRO 6000' });
    expect(experiments.map(({ id, tp, architecture, hardware }) => [id, tp, architecture, hardware])).toEqual([
      ['RTX4090_Llama-3.1-8B', 1, 'llama-3-1-8b', 'RTX-4090'],
      ['RTXPRO6000_Llama-3.1-8B', 1, 'llama-3-1-8b', 'RTX-PRO-6000'],
      ['RTXPRO6000_Qwen3-30B-A3B-Instruct-2507', 1, 'qwen3-30b-a3b', 'RTX-PRO-6000'],
    ]);
    expect(experiments.map(({ requests }) => requests!.arrivalUs.length)).toEqual([300, 300, 300]);
  });
});
