import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KvPool } from '../../../src/data/demo/kv-pool.ts';

const SHARED_TOKENS = 48;
const GROUP = Int32Array.from([0, 0, 1, 1, 2]);

/** Blocks that the held requests need, counted anew. */
function expected(held: ReadonlyMap<number, number>): number {
  const groups = new Set([...held.keys()].map((request) => GROUP[request]));
  const own = [...held.values()].reduce((n, tokens) => n + Math.max(0, Math.ceil(tokens / 16) - 3), 0);
  return own + groups.size * 3;
}

describe('KvPool', () => {
  it('counts the blocks in use, shared ones once, and never more than there are', () => {
    const action = fc.record({
      request: fc.nat({ max: 4 }),
      tokens: fc.integer({ min: 0, max: 400 }),
      release: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const pool = new KvPool(60, GROUP, 3, SHARED_TOKENS);
        const held = new Map<number, number>();
        let agrees = true;
        for (const { request, tokens, release } of actions) {
          if (release) {
            pool.release(request);
            held.delete(request);
          } else {
            const next = new Map(held).set(request, tokens);
            const fits = expected(next) <= pool.total;
            if (fits) held.set(request, tokens);
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
    const pool = new KvPool(10, GROUP, 3, SHARED_TOKENS);
    expect(pool.hold(0, 16 * 9, 2)).toBe(false);
    expect(pool.used).toBe(0);
    expect(pool.hold(0, 16 * 8, 2)).toBe(true);
    expect(pool.used).toBe(8);
  });
});
