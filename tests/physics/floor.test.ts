import { describe, expect, it } from 'vitest';
import { architecture, batchGrid, ceilingUs, floorUs, hardware, type ServingContext } from '../../src/physics/index.ts';
import type { RequestRows } from '../../src/physics/index.ts';
import { hiddenLaw } from '../../src/data/demo/hidden-law.ts';

function contextOf(model: string, tensorParallelism: number): ServingContext {
  return { architecture: architecture(model), hardware: hardware('H100'), tensorParallelism, blockSize: 16 };
}

type Request = readonly [count: number, context: number, newTokens: number];

/** One batch of requests, those of a kind alike. */
function batch(...kinds: readonly Request[]): RequestRows {
  const all = kinds.flatMap(([count, ...request]) => Array.from({ length: count }, () => request));
  return {
    offsets: Float64Array.of(0, all.length),
    context: Int32Array.from(all, ([context]) => context),
    newTokens: Int32Array.from(all, ([, newTokens]) => newTokens),
    promptTokens: Int32Array.from(all, ([context, newTokens]) => (newTokens > 1 ? context + newTokens : context)),
  };
}

const LLAMA_70B = contextOf('llama-2-70b', 4);

describe('floorUs', () => {
  it.each<readonly [what: string, kinds: readonly Request[], ms: number]>([
    // 80 layers · (2·8192² + 2·8192·1024 + 3·8192·28672) weights of 2 bytes, on 4 GPUs of 3.35 TB/s.
    ['reads all weights for one token', [[1, 0, 1]], 10.22],
    // 2 FLOPs for each of them and token, on 4 GPUs of 989.5 TFLOP/s; and 4·64·128·80 for each of 1200·1201/2 pairs.
    ['multiplies all weights with each of 1,200 prompt tokens', [[1, 0, 1200]], 41.97],
    // 327,680 bytes for each token of 64 contexts.
    ['reads the contexts of 64 requests', [[64, 4000, 1]], 10.22 + 6.26],
    ['reads nothing for no request', [], 0],
  ])('%s', (_, kinds, ms) => {
    expect(floorUs(batch(...kinds), LLAMA_70B)[0]! / 1000).toBeCloseTo(ms, 1);
  });

  it('grows by what reading the difference of two contexts takes', () => {
    const [long, short] = [4000, 700].map((context) => floorUs(batch([64, context, 1]), LLAMA_70B)[0]!);
    expect((long! - short!) / 1000).toBeCloseTo((64 * 3300 * 327_680) / 4 / 3.35e9, 3);
  });

  it('counts as many experts as one token visits, since all tokens might visit the same', () => {
    const one = floorUs(batch([1, 0, 1]), contextOf('mixtral-8x7b-v0-1', 2))[0]!;
    const many = floorUs(batch([8, 0, 1]), contextOf('mixtral-8x7b-v0-1', 2))[0]!;
    expect(many).toBeCloseTo(one, -1);
  });

  it('lies below what a real engine takes: the demo, anywhere on the grid', () => {
    for (const [model, tp] of [
      ['llama-2-7b', 1],
      ['llama-2-70b', 4],
      ['mixtral-8x7b-v0-1', 2],
    ] as const) {
      const context = contextOf(model, tp);
      const { requests } = batchGrid(
        { tokenBudget: 2048, requests: 128, contextTokens: 4096, kvTokens: 400_000, blockSize: 16 },
        8,
      );
      const law = hiddenLaw(context);
      const least = floorUs(requests, context);
      const most = ceilingUs(least);
      for (const [at, us] of least.entries()) {
        const taken = law(workOf(requests, at));
        expect(taken).toBeGreaterThan(us);
        expect(taken).toBeLessThan(most[at]!);
      }
    }
  });
});

function workOf(requests: RequestRows, at: number): Parameters<ReturnType<typeof hiddenLaw>>[0] {
  const work = {
    prefillTokens: 0,
    decodeTokens: 0,
    prefillRequests: 0,
    decodeRequests: 0,
    chunkAttention: 0,
    contextTokens: 0,
  };
  for (let k = requests.offsets[at]!; k < requests.offsets[at + 1]!; k++) {
    const [context, fresh] = [requests.context[k]!, requests.newTokens[k]!];
    work.contextTokens += context;
    if (context < requests.promptTokens[k]!) {
      work.prefillTokens += fresh;
      work.prefillRequests++;
      work.chunkAttention += fresh * (context + (fresh + 1) / 2);
    } else {
      work.decodeTokens += fresh;
      work.decodeRequests++;
    }
  }
  return work;
}

describe('batchGrid', () => {
  const LIMITS = { tokenBudget: 2048, requests: 100, contextTokens: 4096, kvTokens: 100_000, blockSize: 16 };

  it.each([
    ['the usual ones', LIMITS],
    ['a cache smaller than a context', { ...LIMITS, kvTokens: 1000 }],
    ['a budget smaller than the batch', { ...LIMITS, tokenBudget: 64 }],
    ['one request', { ...LIMITS, requests: 1 }],
  ])('keeps to the limits: %s', (_, limits) => {
    const { requests, curves } = batchGrid(limits, 6);
    for (let at = 0; at + 1 < requests.offsets.length; at++) {
      const rows = [requests.offsets[at]!, requests.offsets[at + 1]!] as const;
      const sum = (column: ArrayLike<number>): number =>
        Array.from(column)
          .slice(...rows)
          .reduce((a, b) => a + b, 0);
      expect(rows[1] - rows[0]).toBeLessThanOrEqual(limits.requests);
      expect(sum(requests.newTokens)).toBeLessThanOrEqual(limits.tokenBudget);
      expect(sum(requests.context)).toBeLessThanOrEqual(limits.kvTokens);
      for (let k = rows[0]; k < rows[1]; k++) {
        expect(requests.context[k]! + requests.newTokens[k]!).toBeLessThanOrEqual(limits.contextTokens);
      }
    }
    for (const { x, batches } of curves) {
      expect(batches).toHaveLength(x.length);
      expect([...x].sort((a, b) => a - b)).toEqual(x);
    }
  });

  it('reaches the token budget with one prompt, the longest context with one request, and the largest batch', () => {
    const { curves } = batchGrid(LIMITS, 6);
    expect(curves.map(({ along, at, x }) => [along, at, x.at(-1)])).toEqual([
      ['promptTokens', 'one uncached prompt', 2048],
      ['contextTokens', 'one decoding request', 4080],
      ['contextTokens', '8 decoding requests', 4080],
      ['contextTokens', '64 decoding requests', 1552],
      ['contextTokens', '100 decoding requests', 992],
      ['requests', 'decoding requests of 1023 tokens', 97],
    ]);
  });
});
