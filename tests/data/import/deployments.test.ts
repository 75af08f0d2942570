import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTable, importDataset, loadDataset, modelKey, saveDataset } from '../../../src/data/index.ts';
import { readHardware, readHuggingFaceConfig, shippedHardware } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { range, sampleCsv } from '../sample.ts';

function written(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** The log of a vLLM that was started with some arguments. */
function log(more: string): string {
  const lines = range(0, 30).map(
    (id) =>
      `Iteration(${id}): 0 context requests, 0 context tokens, ${1 + id} generation requests, ${1 + id} generation tokens, iteration elapsed time: ${8 + id}.00 ms`,
  );
  const start = `non-default args: {'model': 'mistralai/Mixtral-8x7B-v0.1'${more}}`;
  return written('vllm.log', [start, ...lines].join('\n'));
}

async function keyOf(path: string): Promise<string> {
  const { experiments } = await importDataset(path, { hardware: 'H100' });
  return modelKey(experiments[0]!);
}

describe('the deployment of an experiment', () => {
  it.each([
    ['', "'tensor_parallel_size': 2", 'tp2-H100'],
    ['stages', "'tensor_parallel_size': 2, 'pipeline_parallel_size': 2", 'tp2-pp2-H100'],
    ['ranks', "'tensor_parallel_size': 1, 'data_parallel_size': 4, 'enable_expert_parallel': True", 'tp1-dp4-ep-H100'],
    ['ranks within', "'tp_size': 8, 'dp_size': 8, 'enable_dp_attention': True, 'ep_size': 8", 'tp1-dp8-ep-H100'],
    ['types', "'tensor_parallel_size': 2, 'quantization': 'fp8', 'kv_cache_dtype': 'fp8_e4m3'", 'tp2-H100-fp8-kv-fp8'],
  ])('is in the key of its group: %s', async (_, settings, key) => {
    expect(await keyOf(log(`, ${settings}`))).toBe(`mixtral-8x7b-v0-1-${key}`);
  });

  it('is kept, and offers what tells it from another', async () => {
    const both = [log(", 'tensor_parallel_size': 2"), log(", 'tensor_parallel_size': 1, 'data_parallel_size': 2")];
    const dataset = await importDataset(both, { hardware: 'H100' });
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
    const { features, columns } = buildTable(dataset, { target: 'duration', splits: ['train'] });
    const names = features.map(({ name }) => name);
    expect(names.slice(names.indexOf('isMoe') + 1)).toEqual(['expertTrafficUs', 'dp']);
    expect(new Set(columns[names.indexOf('dp')])).toEqual(new Set([1, 2]));
  });

  it('is refused where no engine would start it', async () => {
    const refused = await laterRefusalOf(() => importDataset(log(", 'tensor_parallel_size': 3"), { hardware: 'H100' }));
    expect(refused).toMatchObject({ code: 'physics.impossible-deployment' });
    expect(refused.message).toMatch(/mixtral-8x7b-v0-1 cannot be served with tp3: 32 attention heads/);
  });
});

describe('hardware and models of one’s own', () => {
  const { name: _, aliases: __, ...figures } = shippedHardware().find(({ name }) => name === 'B200')!;
  const options = { tp: 4, workload: 'general' };
  const table = (): string => written('steps.csv', sampleCsv(range(0, 40)));

  it('come from files, and stay with the dataset', async () => {
    const accelerators = readHardware(written('b100.json', JSON.stringify({ ...figures, name: 'B100' })));
    const dataset = await importDataset(table(), { ...options, model: 'llama-2-70b', accelerators });
    expect(dataset.experiments.map(modelKey)).toEqual(['llama-2-70b-tp4-B100']);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    const loaded = await loadDataset(folder);
    expect(loaded).toEqual(dataset);
    expect(buildTable(loaded, { target: 'duration', splits: ['train'] }).y.length).toBeGreaterThan(0);
    const idle = { ...options, model: 'llama-2-70b', hardware: 'H100', accelerators };
    expect(await laterRefusalOf(() => importDataset(table(), idle))).toMatchObject({ code: 'data.idle-hardware' });
  });

  it('are named where parts of a model are not modelled, and refused where they must be', async () => {
    const model = written(
      'seeing-1b.json',
      JSON.stringify({
        hidden_size: 64,
        intermediate_size: 128,
        num_attention_heads: 4,
        num_hidden_layers: 2,
        vocab_size: 100,
        torch_dtype: 'bfloat16',
        vision_config: { hidden_size: 64, depth: 2 },
      }),
    );
    const architectures = [readHuggingFaceConfig(model)];
    const notes: string[] = [];
    await importDataset(table(), { ...options, architectures, onNote: (line) => notes.push(line) });
    expect(notes.filter((line) => line.startsWith('seeing-1b: not modelled: vision tower, about'))).toHaveLength(1);
    const refused = await laterRefusalOf(() =>
      importDataset(table(), { ...options, architectures, strictModel: true }),
    );
    expect(refused).toMatchObject({ code: 'data.unmodelled-parts' });
    expect(refused.message).toContain('of seeing-1b is not modelled: vision tower');
  });
});
