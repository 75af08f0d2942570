import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  architecture,
  hardware,
  readHardware,
  readHuggingFaceConfig,
  shippedHardware,
  shippedModels,
} from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('the shipped architectures', () => {
  it.each([
    ['llama-2-7b', 4096, 32, 32, 32, 11008, 1, 1, 32000, 6.738e9],
    ['llama-2-70b', 8192, 80, 64, 8, 28672, 1, 1, 32000, 68.977e9],
    ['codellama-34b', 8192, 48, 64, 8, 22016, 1, 1, 32000, 33.744e9],
    ['mixtral-8x7b-v0-1', 4096, 32, 32, 8, 14336, 8, 2, 32000, 46.703e9],
    ['llama-3-1-8b', 4096, 32, 32, 8, 14336, 1, 1, 128256, 8.03e9],
    ['qwen3-30b-a3b', 2048, 48, 32, 4, 768, 128, 8, 151936, 30.532e9],
  ])('%s has its published dimensions, and parameters counted from them', (...row) => {
    const [
      name,
      hiddenSize,
      layers,
      heads,
      kvHeads,
      intermediateSize,
      experts,
      activeExperts,
      vocabularySize,
      parameters,
    ] = row;
    const found = architecture(name);
    expect(found).toMatchObject({
      name,
      hiddenSize,
      layers,
      heads,
      kvHeads,
      headSize: 128,
      intermediateSize,
      vocabularySize,
      experts,
      activeExperts,
      bytesPerParameter: 2,
    });
    expect(Math.round(found.parameters / 1e6)).toBe(Math.round(parameters / 1e6));
  });

  it.each([
    ['llama-2-7b', 'llama-2-7b'],
    ['meta-llama/Llama-2-7b-hf', 'llama-2-7b'],
    ['llama-2-70b', 'llama-2-70b'],
    ['llama-2-70b-hf', 'llama-2-70b'],
    ['meta-llama/Llama-2-70b-hf', 'llama-2-70b'],
    ['META-LLAMA/LLAMA-2-70B-CHAT-HF', 'llama-2-70b'],
    ['codellama-34b', 'codellama-34b'],
    ['codellama/CodeLlama-34b-Instruct-hf', 'codellama-34b'],
    ['mixtral-8x7b-v0-1', 'mixtral-8x7b-v0-1'],
    ['mistralai/Mixtral-8x7B-v0.1', 'mixtral-8x7b-v0-1'],
    ['/models/Mixtral-8x7B-Instruct-v0.1', 'mixtral-8x7b-v0-1'],
    ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'llama-3-1-8b'],
    ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'qwen3-30b-a3b'],
    ['models--Qwen--Qwen3-30B-A3B', 'qwen3-30b-a3b'],
  ])('are found by the name %j', (name, canonical) => {
    expect(architecture(name).name).toBe(canonical);
  });

  it.each(['llama-3-8b', 'mixtral-8x22b-v0-1', ''])('are not guessed for %j', (name) => {
    expect(() => architecture(name)).toThrow(
      /unknown model .*known: codellama-34b, llama-2-70b, llama-2-7b, llama-3-1-8b, mixtral-8x7b-v0-1, qwen3-30b-a3b\)/,
    );
    expect(() => architecture(name)).toThrow(expect.objectContaining({ mend: expect.stringContaining('config.json') }));
  });

  it('are frozen', () => {
    for (const list of [shippedModels(), shippedHardware()]) {
      expect(Object.isFrozen(list) && list.every(Object.isFrozen)).toBe(true);
    }
  });
});

describe('the shipped hardware', () => {
  // TFLOP/s in bf16, TB/s, GB/s both ways to others of the node, GB.
  it.each([
    ['H100', 'H100', 989.5, 3.35, 900, 80],
    ['h100-SXM', 'H100', 989.5, 3.35, 900, 80],
    ['NVIDIA H100 80GB HBM3', 'H100', 989.5, 3.35, 900, 80],
    ['NVIDIA H100 PCIe', 'H100-PCIE', 756, 2, 128, 80],
    ['A100-80GB', 'A100', 312, 2.039, 600, 80],
    ['NVIDIA A100-SXM4-40GB', 'A100-SXM-40GB', 312, 1.555, 600, 40],
    ['NVIDIA A100 80GB PCIe', 'A100-PCIE-80GB', 312, 1.935, 64, 80],
    ['NVIDIA A100-PCIE-40GB', 'A100-PCIE-40GB', 312, 1.555, 64, 40],
    ['NVIDIA H200', 'H200', 989.5, 4.8, 900, 141],
    ['b200_sxm', 'B200', 2250, 7.7, 1800, 180],
    ['B300', 'B300', 2250, 7.75, 1800, 268.6],
    ['GB200', 'GB200', 2500, 8, 1800, 185],
    ['GB300', 'GB300', 2500, 8, 1800, 277.5],
    ['NVIDIA L40S', 'L40S', 362, 0.864, 64, 48],
    ['NVIDIA L4', 'L4', 121, 0.3, 64, 24],
    ['NVIDIA A10', 'A10', 125, 0.6, 64, 24],
    ['NVIDIA GeForce RTX 4090', 'RTX-4090', 165, 1.008, 64, 24],
    ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'RTX-PRO-6000', 468, 1.792, 128, 95.6],
    ['RTXPRO6000', 'RTX-PRO-6000', 468, 1.792, 128, 95.6],
    ['AMD Instinct MI300X', 'MI300X', 1307.4, 5.3, 896, 192],
    ['MI325X', 'MI325X', 1307.4, 6, 896, 256],
    ['MI355X', 'MI355X', 2516.6, 8, 1075, 288],
    ['TPU v5e', 'TPU-v5e', 197, 0.819, 400, 16],
    ['TPU v6e', 'TPU-v6e', 918, 1.638, 800, 32],
  ])('%s has its published peaks', (asked, name, tflops, bandwidth, link, memory) => {
    expect(hardware(asked)).toMatchObject({
      name,
      peakFlops: Math.round(tflops * 1e12),
      memoryBandwidth: Math.round(bandwidth * 1e12),
      interconnectBandwidth: link * 1e9,
      memoryBytes: Math.round(memory * 1e9),
    });
  });

  it('says where its figures are from, and has no type that is slower than bf16', () => {
    for (const { source, date, peaks = {}, peakFlops } of shippedHardware()) {
      expect(source).toMatch(/\w/);
      expect(date).toMatch(/^20\d\d-\d\d/);
      for (const peak of Object.values(peaks)) expect(peak).toBeGreaterThan(1.9 * peakFlops);
    }
  });

  it.each(['GTX 1080', 'L40', 'H1000'])('is not guessed for %s: the known are named', (name) => {
    expect(() => hardware(name)).toThrow(`unknown hardware \`${name}\``);
    expect(() => hardware(name)).toThrow(
      expect.objectContaining({ mend: expect.stringMatching(/A100, .*H100, .*TPU-v6e, or give its peak figures/) }),
    );
  });
});

describe('a file of peak figures', () => {
  it('may begin with the template of the documentation', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../docs/models.md'), 'utf8');
    const [template = ''] = docs.match(/(?<=\n) {4}name: [\s\S]*?(?=\n\n)/) ?? [];
    expect(readHardware(configFile(template.replaceAll(/^ {4}/gm, ''), 'own.yaml'))).toMatchObject([
      { name: 'B100', peakFlops: 1.75e15, peaks: { fp8: 3.5e15, fp4: 7e15 }, memoryBytes: 1.92e11 },
    ]);
  });

  const OWN = {
    name: 'H100',
    peakFlops: 1e15,
    memoryBandwidth: 3e12,
    bandwidthEfficiency: 0.8,
    interconnectBandwidth: 5e11,
    memoryBytes: 9e10,
  };

  it.each([
    ['JSON', JSON.stringify(OWN)],
    [
      'a list in YAML',
      `- ${Object.entries(OWN)
        .map((entry) => entry.join(': '))
        .join('\n  ')}`,
    ],
  ])('wins over what is shipped: %s', (_, text) => {
    const own = readHardware(configFile(text, 'own.json'));
    expect(own).toEqual([OWN]);
    expect(hardware('NVIDIA H100', own)).toBe(own[0]);
    expect(hardware('A100', own).name).toBe('A100');
  });

  it.each([
    ['a missing figure', { ...OWN, memoryBytes: undefined }, /memoryBytes/],
    ['an impossible one', { ...OWN, bandwidthEfficiency: 1.2 }, /bandwidthEfficiency/],
    ['a key that says nothing', { ...OWN, peekFlops: 1 }, /peekFlops/],
  ])('is refused with %s', (_, content, message) => {
    const path = configFile(content, 'own.json');
    expect(() => readHardware(path)).toThrow(message);
    expect(() => readHardware(path)).toThrow(
      expect.objectContaining({ code: 'physics.wrong-hardware', mend: expect.stringContaining('memoryBandwidth') }),
    );
  });
});

const TINY = {
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  vocab_size: 100,
  torch_dtype: 'bfloat16',
};

function configFile(content: unknown, name = 'tiny-1b.json'): string {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a Hugging Face config.json', () => {
  it('gives an architecture, with its own defaults for keys that old files lack', () => {
    // attention 4·64·64, feed-forward 3·64·128, norms 2·64 a layer; final norm 64; embeddings 2·100·64
    expect(readHuggingFaceConfig(configFile(TINY))).toEqual({
      name: 'tiny-1b',
      id: 'tiny-1b',
      hiddenSize: 64,
      layers: 2,
      heads: 4,
      kvHeads: 4,
      headSize: 16,
      intermediateSize: 128,
      vocabularySize: 100,
      experts: 1,
      activeExperts: 1,
      bytesPerParameter: 2,
      parameters: 2 * (16384 + 24576 + 128) + 64 + 12800,
    });
  });

  it('counts experts, their router, tied embeddings and an explicit head size', () => {
    const moe = readHuggingFaceConfig(
      configFile({
        ...TINY,
        _name_or_path: 'someone/Moe-Hf',
        num_key_value_heads: 2,
        head_dim: 32,
        num_experts: 4,
        num_experts_per_tok: 2,
        moe_intermediate_size: 32,
        tie_word_embeddings: true,
      }),
    );
    expect(moe).toMatchObject({
      name: 'moe',
      id: 'someone/Moe-Hf',
      experts: 4,
      activeExperts: 2,
      intermediateSize: 32,
    });
    // attention 2·64·128 + 2·64·64, experts 4·3·64·32, router 64·4, norms 128
    expect(moe.parameters).toBe(2 * (16384 + 8192 + 24576 + 256 + 128) + 64 + 6400);
  });

  it('wins over a shipped architecture of the same name', () => {
    const own = readHuggingFaceConfig(configFile(TINY), 'llama-2-7b');
    expect(architecture('llama-2-7b', [own])).toBe(own);
  });

  it.each([
    ['a missing key', { ...TINY, vocab_size: undefined }, /tiny-1b\.json: key `vocab_size` is missing/],
    ['a key of the wrong type', { ...TINY, num_hidden_layers: '32' }, /`num_hidden_layers` is "32"/],
    ['an unknown number format', { ...TINY, torch_dtype: 'int3' }, /`torch_dtype` is "int3"/],
    ['no number format', { ...TINY, torch_dtype: undefined }, /key `torch_dtype` is missing/],
    ['experts without routing', { ...TINY, num_local_experts: 8 }, /key `num_experts_per_tok` is missing/],
    [
      'more routes than experts',
      { ...TINY, num_local_experts: 2, num_experts_per_tok: 3 },
      /is 3 but there are 2 experts/,
    ],
    [
      'heads that do not divide the hidden size',
      { ...TINY, num_attention_heads: 5 },
      /`hidden_size` 64 is not divisible/,
    ],
    ['compressed attention by half', { ...TINY, kv_lora_rank: 512 }, /key `qk_rope_head_dim` is missing/],
    ['layers of a form that is not known', { ...TINY, layer_types: ['full_attention', 'x'] }, /`layer_types` has "x"/],
    ['other layers than it has', { ...TINY, hybrid_override_pattern: 'M-*' }, /is of 3 layers, not 2/],
    ['a list', [TINY], /: the top level: .*expected object/],
    ['text', 'hidden_size = 64', /not JSON/],
  ])('is refused with %s', (_, content, message) => {
    const path = configFile(content);
    expect(() => readHuggingFaceConfig(path)).toThrow(message);
    expect(() => readHuggingFaceConfig(path)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^physics\./), mend: expect.stringMatching(/\w/) }),
    );
  });

  it('is refused where it is not there', () => {
    expect(() => readHuggingFaceConfig('/nowhere/config.json')).toThrow(
      /\/nowhere\/config\.json: no such file or folder/,
    );
  });
});
