import { describe, expect, it } from 'vitest';
import { BatchSource } from '../../src/export/batches.ts';

/** Twenty batches. */
function first(seed: number): readonly unknown[] {
  const source = new BatchSource(seed);
  return Array.from({ length: 20 }, () => source.next());
}

describe('batches of the parity test', () => {
  const source = new BatchSource(7);
  const batches = Array.from({ length: 2000 }, () => source.next());
  const phases = batches.map((batch) => ({
    prefill: batch.filter((r) => r.progressIndex < r.inputLength).length,
    decode: batch.filter((r) => r.progressIndex >= r.inputLength && r.outputLength > 0).length,
    size: batch.length,
  }));

  it('cover empty, prefill-only, decode-only and mixed ones of 1 to 128 requests', () => {
    expect(phases.filter(({ size }) => size === 0).length).toBeGreaterThan(50);
    expect(phases.filter(({ prefill, decode }) => prefill > 0 && decode === 0).length).toBeGreaterThan(200);
    expect(phases.filter(({ prefill, decode }) => prefill === 0 && decode > 0).length).toBeGreaterThan(200);
    expect(phases.filter(({ prefill, decode }) => prefill > 0 && decode > 0).length).toBeGreaterThan(500);
    expect(Math.min(...phases.map(({ size }) => size).filter((size) => size > 0))).toBe(1);
    expect(Math.max(...phases.map(({ size }) => size))).toBe(128);
  });

  it('have requests that a scheduler could make, and some that take no part', () => {
    const requests = batches.flat();
    expect(requests.some((r) => r.progressIndex >= r.inputLength && r.outputLength === 0)).toBe(true);
    const possible = requests.filter(
      ({ inputLength, outputLength, progressIndex, newTokens }) =>
        inputLength >= 1 &&
        inputLength <= 4096 &&
        outputLength >= 0 &&
        outputLength <= 1024 &&
        newTokens >= 1 &&
        (progressIndex >= inputLength || progressIndex + newTokens <= inputLength),
    );
    expect(possible).toHaveLength(requests.length);
  });

  it('repeat for the same seed and differ for another', () => {
    expect(first(5)).toEqual(first(5));
    expect(first(5)).not.toEqual(first(6));
  });

  it('draw the published values of mulberry32', () => {
    // State 0: the first outputs of the reference implementation, as unsigned words.
    const words = new BatchSource(0);
    expect([words.draw(2 ** 32), words.draw(2 ** 32)]).toEqual([1144304738, 1416247]);
  });
});
