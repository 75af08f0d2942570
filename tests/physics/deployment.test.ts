import { describe, expect, it } from 'vitest';
import {
  type Architecture,
  architecture,
  checkDeployment,
  type Deployment,
  deploymentName,
  featuresOfSums,
  hardware,
  modelParameters,
  servedAs,
  type ServingContext,
  spreadOf,
} from '../../src/physics/index.ts';

const MIXTRAL = architecture('mixtral-8x7b-v0-1');
const LLAMA = architecture('llama-2-7b');

function on(model: Architecture, deployment: Deployment, gpu = 'H100'): ServingContext {
  return { architecture: model, hardware: hardware(gpu), blockSize: 16, ...deployment };
}

describe('what an engine was started with', () => {
  it.each([
    ['tensor parallelism alone', MIXTRAL, 2, {}, 'tp2'],
    ['one of everything', MIXTRAL, 1, { dataParallel: 1, pipelineParallel: 1, expertParallel: true }, 'tp1'],
    ['ranks that share experts', MIXTRAL, 1, { dataParallel: 2, expertParallel: true }, 'tp1-dp2-ep'],
    ['stages', LLAMA, 4, { pipelineParallel: 2 }, 'tp4-pp2'],
    ['replicas of a dense model', LLAMA, 1, { dataParallel: 4, expertParallel: true }, 'tp1'],
  ])('is how the model is spread: %s', (_, model, tp, settings, name) => {
    expect(deploymentName({ tensorParallelism: tp, ...spreadOf(settings, model, tp) })).toBe(name);
  });
});

describe('deployments that engines refuse', () => {
  const odd = { ...LLAMA, heads: 28, kvHeads: 4 };
  it.each<readonly [what: string, model: Architecture, deployment: Deployment, message: RegExp | undefined]>([
    ['28 heads on 8 GPUs', odd, { tensorParallelism: 8 }, /28 attention heads cannot be divided among 8 GPUs/],
    ['4 KV heads on 14 GPUs', odd, { tensorParallelism: 14 }, /4 key-value heads cannot be copied to 14 GPUs/],
    ['4 KV heads on 4 GPUs', odd, { tensorParallelism: 4 }, undefined],
    ['8 KV heads on 16 GPUs', MIXTRAL, { tensorParallelism: 16 }, undefined],
    ['columns', { ...LLAMA, intermediateSize: 11_009 }, { tensorParallelism: 2 }, /11009 feed-forward columns/],
    ['an expert in 3 parts', MIXTRAL, { tensorParallelism: 1, dataParallelism: 3 }, /14336 columns of an expert/],
    ['whole experts', MIXTRAL, { tensorParallelism: 1, dataParallelism: 3, expertParallel: true }, undefined],
    ['more stages than layers', LLAMA, { tensorParallelism: 1, pipelineParallelism: 33 }, /32 layers .* 33 stages/],
  ])('%s', (_, model, deployment, message) => {
    const check = () => checkDeployment(model, deployment);
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});

describe('a deployment decides', () => {
  const tp1 = modelParameters(on(MIXTRAL, { tensorParallelism: 1 }));

  it('which share of the experts a rank reads, for the tokens of all ranks', () => {
    const shared = modelParameters(on(MIXTRAL, { tensorParallelism: 1, dataParallelism: 2, expertParallel: true }));
    expect(shared.expertBytes).toBe(tp1.expertBytes / 2);
    expect(shared.missProbability).toBe(0.75 ** 2);
    expect(shared.denseBytes).toBe(tp1.denseBytes);
    expect([shared.gpus, shared.dp, shared.ep]).toEqual([2, 2, 2]);
  });

  it('what GPUs send each other', () => {
    const us = (deployment: Deployment, name: string): number =>
      featuresOfSums(
        { prefillTokens: 100, decodeTokens: 0, prefillRequests: 1, decodeRequests: 0, kvTokens: 0 },
        on(MIXTRAL, deployment),
        [name],
      )[name]!;
    const vector = 4096 * 2 * 100;
    const link = 900e3;
    expect(us({ tensorParallelism: 4 }, 'allReduceUs')).toBeCloseTo((32 * 2 * 2 * 0.75 * vector) / link, 6);
    // The reduction after the experts is replaced; of 4 GPUs, 3 quarters of what is sent goes to others.
    const ranks = { tensorParallelism: 2, dataParallelism: 2 };
    expect(us(ranks, 'allReduceUs')).toBeCloseTo((32 * 2 * 0.5 * vector) / link, 6);
    expect(us(ranks, 'expertTrafficUs')).toBeCloseTo((32 * 2 * 2 * 0.75 * vector) / link, 6);
    // Each token visits two experts, and two GPUs of a rank share the sending.
    expect(us({ ...ranks, expertParallel: true }, 'expertTrafficUs')).toBeCloseTo((32 * 2 * 0.75 * vector) / link, 6);
    expect(us({ tensorParallelism: 4, pipelineParallelism: 2 }, 'stageTrafficUs')).toBeCloseTo(vector / link, 6);
    // Beyond a node the network is the narrower way.
    expect(us({ tensorParallelism: 8, pipelineParallelism: 2 }, 'stageTrafficUs')).toBeCloseTo(vector / 100e3, 6);
  });

  it('in which types weights and cache are read, where a server was told', () => {
    const served = servedAs(MIXTRAL, { weights: 'fp8', kvCache: 'fp8' });
    const fp8 = modelParameters(on(served, { tensorParallelism: 1 }));
    expect(fp8.expertBytes).toBe(tp1.expertBytes / 2);
    expect(fp8.kvBytesPerToken).toBe(tp1.kvBytesPerToken / 2);
    expect(fp8.gemmFlopsPerToken).toBe(tp1.gemmFlopsPerToken / 2);
    // An A100 multiplies them as bf16.
    expect(modelParameters(on(served, { tensorParallelism: 1 }, 'A100')).gemmFlopsPerToken).toBe(tp1.gemmFlopsPerToken);
    expect(servedAs(served, { weights: 'fp8' })).toBe(served);
    // No engine quantises anew: another type is that of another checkpoint.
    expect(servedAs(served, { weights: 'int4' })).toEqual(servedAs(MIXTRAL, { weights: 'int4', kvCache: 'fp8' }));
    expect(servedAs(MIXTRAL, {})).toBe(MIXTRAL);
  });
});
