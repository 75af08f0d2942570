import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Architecture,
  featuresOfBatches,
  floorUs,
  hardware,
  kvBytesPerToken,
  modelParameters,
  readHuggingFaceConfig,
  type RequestRows,
  type ServingContext,
  weightBytes,
} from '../../src/physics/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { PUBLISHED_MODELS } from './published-models.ts';

function read(config: object, name = 'a-model'): Architecture {
  const path = join(temporaryFolder(), 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return readHuggingFaceConfig(path, name);
}

function published(name: string, more: object = {}): Architecture {
  return read({ ...PUBLISHED_MODELS[name]!.config, ...more }, name);
}

function on(architecture: Architecture, tensorParallelism = 1, more: Partial<ServingContext> = {}): ServingContext {
  return { architecture, hardware: hardware('H100'), tensorParallelism, blockSize: 16, ...more };
}

/** One request. */
function request(context: number, newTokens: number, promptTokens = 0): RequestRows {
  const one = (value: number): Int32Array => Int32Array.of(value);
  return {
    offsets: Float64Array.of(0, 1),
    context: one(context),
    newTokens: one(newTokens),
    promptTokens: one(promptTokens),
  };
}

function feature(name: string, rows: RequestRows, context: ServingContext): number {
  return featuresOfBatches(rows, context, [name], 'requests')[name]![0]!;
}

const PEAK = 989.5e6;
const BANDWIDTH = 3.35e6;

describe('attention of each form', () => {
  it('with windows looks at no more than they hold: half of the layers of gpt-oss at 128', () => {
    const context = on(published('gpt-oss-120b'));
    const us = feature('decodeAttentionUs', request(4096, 1), context);
    expect(us).toBeCloseTo((18 * 4 * 64 * 64 * (4096 + 128)) / PEAK, 9);
    expect(feature('kvReadUs', request(4096, 1), context)).toBeCloseTo((18 * 2048 * (4096 + 128)) / BANDWIDTH, 9);
  });

  it('with latents is absorbed in decode, and expands in prefill what is in the cache', () => {
    const context = on(published('DeepSeek-V3'));
    expect(feature('decodeAttentionUs', request(1000, 1), context)).toBeCloseTo(
      (61 * 2 * 128 * (2 * 512 + 64) * 1000) / PEAK,
      6,
    );
    const pairs = 200 * (1000 + 100);
    expect(feature('prefillAttentionUs', request(1000, 200, 2000), context)).toBeCloseTo(
      (61 * (2 * 128 * (128 + 64 + 128) * pairs + 2 * 512 * 128 * 256 * 1000)) / PEAK,
      5,
    );
  });

  it('with a sparse index searches all tokens, and reads the latents of those that it finds', () => {
    const context = on(published('GLM-5'));
    expect(feature('decodeAttentionUs', request(10_000, 1), context)).toBeCloseTo(
      (78 * (2 * 32 * 128 * 10_000 + 2 * 64 * (2 * 512 + 64) * 2048)) / PEAK,
      5,
    );
    const bytes = 78 * (132 * 10_000 + 1152 * 2048);
    expect(feature('kvReadUs', request(10_000, 1), context)).toBeCloseTo(bytes / BANDWIDTH, 6);
  });

  it('with a state costs the same at any context', () => {
    const context = on(published('Qwen3-Next-80B-A3B'));
    const memory = [16, 1616].map((held) => feature('decodeMemoryUs', request(held, 1), context));
    expect(memory[1]! - memory[0]!).toBeCloseTo((24_576 * 1600) / BANDWIDTH, 5);
    const { stateBytesPerRequest, stateFlopsPerToken } = modelParameters(context);
    // 36 layers of 32 heads, 128 × 128 each; and a convolution over three tokens before.
    expect(stateBytesPerRequest).toBe(36 * (32 * 128 * 128 * 2 + 3 * 8192 * 2));
    expect(stateFlopsPerToken).toBe(36 * 6 * 32 * 128 * 128);
  });

  it('keeps what cannot be divided on each GPU: latents, and KV heads where there are fewer', () => {
    expect(kvBytesPerToken(published('DeepSeek-V3'), 8)).toBe(8 * 70_272);
    expect(kvBytesPerToken(published('Qwen3-235B-A22B'), 8)).toBe(2 * 192_512);
    expect(kvBytesPerToken(published('Qwen3-235B-A22B'), 4)).toBe(192_512);
  });
});

describe('the floor', () => {
  it.each(['gpt-oss-120b', 'DeepSeek-V3', 'GLM-5', 'Qwen3-Next-80B-A3B', 'Gemma-3-27B', 'Nemotron-H-8B'])(
    'of %s lies under its components',
    (name) => {
      const context = on(published(name), 4);
      for (const rows of [request(0, 1500, 1500), request(5000, 700, 9000), request(9000, 1), request(3, 1)]) {
        const phase = rows.promptTokens[0]! > rows.context[0]! ? 'prefill' : 'decode';
        const [gemm, attention, memory] = ['Gemm', 'Attention', 'Memory'].map((part) =>
          feature(`${phase}${part}Us`, rows, context),
        );
        const least = floorUs(rows, context)[0]!;
        expect(least).toBeGreaterThan(0);
        // Features take the chunk's own tokens on average, half a token short.
        expect(least).toBeLessThan(1.001 * Math.max(gemm! + attention!, memory!));
      }
    },
  );
});

/** A model of 64·64 matrices; with 2 layers, 4 experts of 4 and a head of its own. */
const TINY = {
  hidden_size: 64,
  intermediate_size: 64,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  num_experts: 4,
  num_experts_per_tok: 2,
  vocab_size: 128,
  torch_dtype: 'bfloat16',
};
const SQUARE = 64 * 64;

describe('a quantised checkpoint', () => {
  const int4 = { num_bits: 4, type: 'int', group_size: 32, symmetric: true };
  it.each<readonly [what: string, quantisation: object, attention: number, experts: number, head: number]>([
    ['fp8 in blocks', { quant_method: 'fp8', weight_block_size: [128, 128] }, 1 + 4 / 16_384, 1 + 4 / 16_384, 2],
    [
      'fp8 but for the attention of one layer',
      { quant_method: 'fp8', modules_to_not_convert: ['model.layers.1.self_attn', 'model.layers.0.mlp.gate'] },
      1.5,
      1,
      2,
    ],
    ['MXFP4, of experts alone', { quant_method: 'mxfp4' }, 2, 0.53125, 2],
    ['AWQ', { quant_method: 'awq', bits: 4, group_size: 128 }, 0.5 + 2.5 / 128, 0.5 + 2.5 / 128, 2],
    [
      'integers in groups, but for what expressions name',
      {
        quant_method: 'compressed-tensors',
        format: 'pack-quantized',
        config_groups: { group_0: { weights: int4, input_activations: null } },
        ignore: ['lm_head', 're:.*self_attn.*', 're:.*mlp\\.(gate|up|gate_up|down)_proj.*'],
      },
      2,
      0.5625,
      2,
    ],
    ['NVFP4', { quant_method: 'modelopt', quant_algo: 'NVFP4', ignore: ['lm_head'] }, 0.5625, 0.5625, 2],
  ])('has bytes of its own for each part: %s', (_, quantization_config, attention, experts, head) => {
    const plain = read(TINY);
    const model = read({ ...TINY, quantization_config });
    const { weights } = model.precision!;
    expect([weights.attention.bytes, weights.experts.bytes, weights.head.bytes]).toEqual([attention, experts, head]);
    const saved = 8 * SQUARE * (2 - attention) + 2 * 4 * 3 * SQUARE * (2 - experts);
    expect(weightBytes(model)).toBe(plain.parameters * 2 - saved);
  });

  it('is computed at the peak of its type where the accelerator has one', () => {
    const products = (config: object): number => modelParameters(on(read({ ...TINY, ...config }))).gemmFlopsPerToken;
    const plain = products({});
    expect(products({ quantization_config: { quant_method: 'fp8' } })).toBeCloseTo(plain / 2, 6);
    expect(products({ quantization_config: { quant_method: 'awq', bits: 4, group_size: 128 } })).toBe(plain);
  });

  it('of a method that is not known says how far off its weights may be', () => {
    const { unmodelled, precision } = read({ ...TINY, quantization_config: { quant_method: 'aqlm' } });
    expect(precision).toBeUndefined();
    expect(unmodelled).toEqual([{ what: 'quantisation `aqlm`', size: expect.stringContaining('2 bytes') }]);
  });
});

describe('what is not modelled', () => {
  it.each<readonly [what: string, config: object, said: readonly (readonly [string, RegExp])[]]>([
    ['nothing', { model_type: 'qwen3_moe' }, []],
    [
      'a tower',
      { vision_config: { hidden_size: 1000, depth: 10 } },
      [['vision tower', /about 0.12 billion parameters/]],
    ],
    ['a type', { model_type: 'brandnew' }, [['model type `brandnew`', /read by its keys alone/]]],
    ['a shared cache', { num_kv_shared_layers: 1 }, [['layers that share a KV cache', /1 of 2 layers/]]],
  ])('is named with its size: %s', (_, config, said) => {
    const { unmodelled = [] } = read({ ...TINY, ...config });
    expect(unmodelled.map(({ what }) => what)).toEqual(said.map(([what]) => what));
    for (const [at, [, size]] of said.entries()) expect(unmodelled[at]!.size).toMatch(size);
  });
});
