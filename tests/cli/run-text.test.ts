import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/app/index.ts';
import { runFooter } from '../../src/cli/run-text.ts';

const LATENCIES = { ttft: 12.34, itl: 1.5, e2e: 3 };

function footer(saturated: readonly string[] | undefined): string {
  const closedLoop = { error: 1, validationError: 2, rounds: 3, converged: true, saturated, latencies: LATENCIES };
  const document = {
    proposed: 9,
    evaluated: 8,
    rejected: {},
    coverage: 0.5,
    qdScore: 1,
    hypervolume: 1,
    seconds: 1,
    archiveHash: 'hash',
    stopped: 'generations',
    best: { id: 'abcd1234', ...(saturated !== undefined && { closedLoop }) },
    llm: { calls: 0, retries: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, byModel: {} },
    operators: {},
  };
  return runFooter('runs/one', document as unknown as RunDocument);
}

describe('the end of a run', () => {
  it('says how far off what clients measured the pick is in closed loop', () => {
    const line = footer([])
      .split('\n')
      .find((text) => text.startsWith('closed loop'));
    expect(line).toMatch(/abcd1234.*TTFT 12.3 %, ITL 1.50 %, E2E 3.00 %$/);
  });

  it('names experiments that are saturated', () => {
    expect(footer(['burst', 'peak'])).toMatch(/E2E 3.00 %; saturated: burst, peak\n/);
  });

  it('says nothing of clients where none are known', () => {
    expect(footer(undefined)).not.toMatch(/closed loop|saturated/);
  });
});
