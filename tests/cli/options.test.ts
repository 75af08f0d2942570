import { describe, expect, it } from 'vitest';
import { requestWeights } from '../../src/cli/options.ts';

describe('weights of what was measured of requests', () => {
  it('are those of E2E, TTFT and time between tokens', () => {
    expect(requestWeights('1,0.3,0')).toEqual({ e2e: 1, ttft: 0.3, itl: 0 });
  });

  it.each(['0,0,0', '-1,0,1', '1,2', '1,,2', 'a,b,c', ''])('are refused as %o', (text) => {
    expect(() => requestWeights(text)).toThrow(/^Give three/);
  });
});
