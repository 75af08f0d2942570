import { describe, expect, it } from 'vitest';
import {
  architecture,
  availableFeatures,
  featuresOfSums,
  hardware,
  modelParameters,
  servedAs,
  type ServingContext,
  STEP_COLUMNS,
  type StepColumn,
} from '../../src/physics/index.ts';

const BATCH = { prefillTokens: 0, decodeTokens: 8, prefillRequests: 0, decodeRequests: 8, kvTokens: 8000 };

function on(model: string, gpu: string, more: Partial<ServingContext> = {}): ServingContext {
  return { architecture: architecture(model), hardware: hardware(gpu), tensorParallelism: 2, blockSize: 16, ...more };
}

function offered(...contexts: readonly ServingContext[]): readonly string[] {
  const columns = new Set(Object.keys(STEP_COLUMNS) as StepColumn[]);
  return availableFeatures({ columns, state: false, parameters: contexts.map(modelParameters) }).map(
    ({ name }) => name,
  );
}

describe('features for laws that carry over', () => {
  const llama = on('llama-3-1-8b', 'H100');
  const mixtral = on('mixtral-8x7b-v0-1', 'H200');

  it.each<
    readonly [what: string, contexts: readonly ServingContext[], has: readonly string[], lacks: readonly string[]]
  >([
    [
      'models on one kind of GPU',
      [llama, on('llama-2-7b', 'H100', { tensorParallelism: 1 })],
      [],
      ['launches', 'isVllm'],
    ],
    ['several kinds of GPU', [llama, mixtral], ['launches', 'expertLayers', 'computeRatio'], ['expandUs', 'isVllm']],
    [
      'several engines',
      [
        { ...llama, engine: 'vllm' },
        { ...llama, engine: 'trtllm' },
      ],
      ['launches', 'isVllm', 'isTrtllm'],
      ['expertLayers', 'isSglang'],
    ],
    ['weights of 4 bits', [llama, on('llama-2-7b', 'H200', { architecture: int4('llama-2-7b') })], ['expandUs'], []],
  ])('are offered where they tell something: %s', (_, contexts, has, lacks) => {
    const names = offered(...contexts);
    for (const name of has) expect(names).toContain(name);
    for (const name of lacks) expect(names).not.toContain(name);
  });

  it('count the kernels of a pass by what layers are made of', () => {
    const launches = (context: ServingContext): number =>
      modelParameters(context).launches / context.architecture.layers;
    const alone = on('llama-3-1-8b', 'H100', { tensorParallelism: 1 });
    // Two norms, five of the attention, three of the feed-forward; two reductions where GPUs share them.
    expect(launches(alone)).toBe(10);
    expect(launches(llama)).toBe(12);
    expect(launches(mixtral)).toBeGreaterThan(launches(llama));
    const latent = {
      kind: 'latent',
      heads: 64,
      latentSize: 512,
      ropeSize: 64,
      contentSize: 192,
      valueSize: 256,
    } as const;
    const layer = (attention: object): ServingContext =>
      ({
        ...alone,
        architecture: { ...alone.architecture, layers: 1, layerGroups: [{ count: 1, attention }] },
      }) as ServingContext;
    const index = { heads: 32, headSize: 128, topTokens: 2048 };
    expect(launches(layer({ ...latent, index }))).toBeGreaterThan(1.5 * launches(layer(latent)));
  });

  it('take weights for expanded that are stored smaller than they are multiplied', () => {
    const expanded = (weights?: 'int4' | 'nvfp4'): number =>
      featuresOfSums(BATCH, on('llama-3-1-8b', 'B200', weights && { architecture: int4('llama-3-1-8b', weights) }), [
        'expandUs',
      ])['expandUs']!;
    expect(expanded()).toBe(0);
    expect(expanded('nvfp4')).toBe(0);
    const bf16 = featuresOfSums(BATCH, on('llama-3-1-8b', 'B200'), ['weightsUs'])['weightsUs']!;
    expect(expanded('int4')).toBeCloseTo(bf16, 6);
  });

  it('are those of visited experts, and of all tokens where there are none', () => {
    const of = (context: ServingContext): number =>
      featuresOfSums(BATCH, context, ['tokensPerExpert'])['tokensPerExpert']!;
    expect(of(llama)).toBe(8);
    // Eight tokens visit 16 times, and 7.2 of eight experts.
    expect(of(mixtral)).toBeCloseTo(16 / (8 * (1 - 0.75 ** 8)), 10);
  });
});

function int4(model: string, weights: 'int4' | 'nvfp4' = 'int4'): ServingContext['architecture'] {
  return servedAs(architecture(model), { weights });
}
