import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Patience } from '../../src/llm/patience.ts';

const SILENCE_MS = 1000;

describe('Patience', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends an attempt of which nothing comes for the limit, and no earlier', () => {
    const { signal } = new Patience(SILENCE_MS);
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it('never ends one that still comes', () => {
    const { signal, heard } = new Patience(SILENCE_MS);
    for (let k = 0; k < 100; k++) {
      vi.advanceTimersByTime(SILENCE_MS - 1);
      heard('part');
    }
    expect(signal.aborted).toBe(false);
  });

  it('waits for signs of life longer, but not for ever', () => {
    const { signal, heard } = new Patience(SILENCE_MS);
    let waitedMs = 0;
    for (; !signal.aborted && waitedMs < 60 * SILENCE_MS; waitedMs += SILENCE_MS / 2) {
      vi.advanceTimersByTime(SILENCE_MS / 2);
      heard('keep-alive');
    }
    vi.advanceTimersByTime(0);
    expect(signal.aborted).toBe(true);
    expect(waitedMs).toBeGreaterThanOrEqual(9 * SILENCE_MS);
    expect(waitedMs).toBeLessThanOrEqual(11 * SILENCE_MS);
  });
});
