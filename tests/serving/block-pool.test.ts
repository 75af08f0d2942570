import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockPool } from '../../src/serving/block-pool.ts';

const BLOCK = 16;
/** Two share three whole blocks of their 50 tokens, two others one, the last shares nothing. */
const PREFIXES = { of: Int32Array.of(0, 0, 1, 1, 2), tokens: Float64Array.of(50, 16, 0) };
const SHARED_BLOCKS = [3, 1, 0];

/** Blocks that the held requests need, counted anew. */
function expected(held: ReadonlyMap<number, number>): number {
  const groups = new Set([...held.keys()].map((request) => PREFIXES.of[request]!));
  const own = (tokens: number, request: number): number =>
    Math.max(0, Math.ceil(tokens / BLOCK) - SHARED_BLOCKS[PREFIXES.of[request]!]!);
  const shared = [...groups].reduce((sum, group) => sum + SHARED_BLOCKS[group]!, 0);
  return [...held].reduce((sum, [request, tokens]) => sum + own(tokens, request), shared);
}

describe('the pool of KV blocks', () => {
  it('counts the blocks in use, shared ones once, and never more than there are', () => {
    const action = fc.record({
      request: fc.nat({ max: 4 }),
      tokens: fc.integer({ min: 0, max: 400 }),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const pool = new BlockPool(60, BLOCK, 5, PREFIXES);
        const held = new Map<number, number>();
        let agrees = true;
        for (const { request, tokens, release } of actions) {
          if (release) {
            pool.release(request);
            held.delete(request);
          } else {
            // What a request holds, it keeps.
            const next = new Map(held).set(request, Math.max(tokens, held.get(request) ?? 0));
            const fits = expected(next) <= pool.total;
            if (fits) held.set(request, next.get(request)!);
            agrees &&= pool.hold(request, tokens) === fits;
          }
          agrees &&= pool.used === expected(held);
        }
        expect(agrees).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('leaves a reserve free when asked to', () => {
    const pool = new BlockPool(10, BLOCK, 5, PREFIXES);
    expect(pool.hold(0, 16 * 9, 2)).toBe(false);
    expect(pool.used).toBe(0);
    expect(pool.hold(0, 16 * 8, 2)).toBe(true);
    expect(pool.used).toBe(8);
  });
});
