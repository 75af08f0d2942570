import { describe, expect, it } from 'vitest';
import { describeDataset, importDataset, makeDataset, type Experiment } from '../../../src/data/index.ts';
import { requestColumns } from '../../../src/data/requests.ts';
import { stepBoundaries } from '../../../src/data/signal/step-boundaries.ts';
import type { StepColumns } from '../../../src/physics/index.ts';
import { realCases, realData } from '../../real-data.ts';
import { range, sampleSteps } from '../sample.ts';

const EXPERIMENT = {
  id: 'a',
  model: 'llama-2-70b',
  workload: 'w',
  tp: 4,
  architecture: 'llama-2-70b',
  hardware: 'H100',
  blockSize: 16,
};

function described(experiment: Partial<Experiment>) {
  return describeDataset(makeDataset('memory', [{ ...EXPERIMENT, ...experiment }])).experiments[0]!;
}

/** Steps every so many µs. */
function every(us: number, steps: StepColumns): StepColumns {
  return { ...steps, startNs: steps.startNs.map((_, row) => 1e9 + row * us * 1000) };
}

describe('cycles below what the hardware takes at its peak', () => {
  it('are counted, with the likely cause', () => {
    const steps = sampleSteps(range(0, 50));
    // The weights of a 70b on four H100 take 10.3 ms to read.
    expect(described({ steps: every(12_000, steps) }).signal).toMatchObject({ belowPeak: 0 });
    expect(described({ steps: every(9_000, steps) }).signal).toMatchObject({
      belowPeak: 49,
      belowPeakCause: 'overlapping steps',
    });
    // 2·69e9 FLOPs a token: 2048 of them take 71 ms on four H100.
    const long = { ...steps, prefillTokens: steps.prefillTokens.map(() => 2048) };
    expect(described({ steps: every(30_000, long) }).signal).toMatchObject({
      belowPeak: 49,
      belowPeakCause: 'cached prompt tokens',
    });
  });
});

describe('steps against clients', () => {
  const measured = {
    e2eMs: 1000,
    ttftMs: 50,
    itlMs: 10,
    completed: 100,
    failed: 0,
    meanPromptTokens: 500,
    meanOutputTokens: 200,
  };
  const steps = sampleSteps(range(0, 60));

  it('compare contexts, and say what sharing would explain', () => {
    // Each row holds 10 requests and 320 blocks of 16 tokens: 512 tokens a request, where clients see 600.
    const sized = {
      ...steps,
      prefillRequests: steps.stepId.map(() => 1),
      decodeRequests: steps.stepId.map(() => 9),
      kvBlocksFree: steps.kvBlocksTotal.map((total) => total - 320),
    };
    const { contextPerRequest } = described({ steps: sized, measured }).reconciliation;
    expect(contextPerRequest).toMatchObject({ blocks: 512, clients: 600, shared: 88, sharingExplains: true });
    expect(contextPerRequest?.gap).toBeCloseTo(17.1875);
    const agreeing = { ...sized, kvBlocksFree: sized.kvBlocksTotal.map((total) => total - 375) };
    expect(described({ steps: agreeing, measured }).reconciliation.contextPerRequest).toEqual({
      blocks: 600,
      clients: 600,
      gap: 0,
    });
  });

  it("compare latencies, the clients' time between tokens doubled", () => {
    // 20 ms a step throughout; decoding requests wait 20 ms for each token.
    const { e2eMs, itlMs, ttftMs } = described({ steps, measured }).reconciliation;
    expect(itlMs?.little).toBeCloseTo(20, 6);
    expect(itlMs?.measured).toBe(20);
    const requests = steps.stepId.reduce(
      (sum, _, row) => sum + steps.prefillRequests[row]! + steps.decodeRequests[row]!,
      0,
    );
    const finished = steps.finishedRequests.reduce((a, b) => a + b, 0);
    expect(e2eMs?.little).toBeCloseTo((20 * requests) / finished, 3);
    expect(ttftMs).toMatchObject({ measured: 50 });
  });

  it('take the clients from the log of requests where there is no summary', () => {
    const requests = requestColumns(
      [0, 1e6].map((arrivalUs) => ({
        arrivalUs,
        firstTokenUs: arrivalUs + 40_000,
        lastTokenUs: arrivalUs + 440_000,
        promptTokens: 300,
        outputTokens: 21,
        outcome: 'ok' as const,
      })),
    );
    const { e2eMs, ttftMs, itlMs, contextPerRequest } = described({ steps, requests }).reconciliation;
    expect([e2eMs?.measured, ttftMs?.measured, itlMs?.measured]).toEqual([440, 40, 20]);
    expect(contextPerRequest?.clients).toBe(310.5);
    expect(described({ requests }).reconciliation).toEqual({});
  });
});

describe('too little data', () => {
  it('is said', () => {
    const { warnings } = described({ steps: sampleSteps(range(0, 40)) });
    expect(warnings).toEqual([
      'few cycles (8 valid, 7 test): a program may have 10 constants',
      'all cycles take 20000 µs: only a constant can be learnt',
    ]);
    expect(described({ steps: sampleSteps([1, 3, 5]) }).warnings).toEqual([
      'no cycles: no two consecutive steps were recorded',
    ]);
  });

  it('names what never changes', () => {
    const steps = sampleSteps(range(0, 100));
    const alike = {
      ...steps,
      prefillTokens: steps.prefillTokens.map(() => 3),
      prefillRequests: steps.prefillRequests.map(() => 1),
    };
    expect(described({ steps: alike }).warnings).toContain(
      'never change, so nothing can be learnt of them: prefill tokens, prefilling requests',
    );
  });
});

describe('ends of steps in a log of requests', () => {
  it('are the times of first and last tokens, and those of several requests are shared', () => {
    const requests = requestColumns(
      [
        [10, 50],
        [10, 40],
        [20, 50],
        [30, 30],
      ].map(([firstTokenUs, lastTokenUs]) => ({ arrivalUs: 0, firstTokenUs, lastTokenUs, outcome: 'ok' as const })),
    );
    const { endsUs, shared } = stepBoundaries(requests)!;
    expect([...endsUs]).toEqual([10, 20, 30, 40, 50]);
    expect(shared).toBe(2);
    expect(described({ requests }).stepBoundaries).toEqual({ known: 5, shared: 2 });
  });

  it('are none of the times that clients see', () => {
    const requests = requestColumns(
      range(0, 9).map((at) => ({
        arrivalUs: at,
        firstTokenUs: at + 0.5,
        lastTokenUs: at + 20.7,
        outcome: 'ok' as const,
      })),
    );
    expect(stepBoundaries(requests)).toBeUndefined();
    expect(described({ requests }).stepBoundaries).toBeUndefined();
  });
});

describe.skipIf(realCases === undefined)('the prepared cases (skipped where they are not)', () => {
  const table = (name: string) =>
    importDataset(`${realCases}/tables/${name}.csv`, { model: 'llama-2-7b', tp: 1, workload: 'general' });

  it('have 56 idle waits at low load', async () => {
    const { signal, cyclePairs } = describeDataset(await table('low-load')).experiments[0]!;
    expect(signal).toMatchObject({ idle: 56, stalls: 0, dropped: 56, engines: 1 });
    expect(signal?.excluded.map(({ reason, ids }) => [reason, ids.length])).toEqual([['idle', 56]]);
    expect(cyclePairs.train + cyclePairs.valid + cyclePairs.test).toBe(2999 - 56);
  });

  it.each(['exact-linear', 'exact-product', 'threshold-256', 'staircase', 'constant-target'])(
    'leave nothing out of %s',
    async (name) => {
      expect(describeDataset(await table(name)).experiments[0]!.signal).toMatchObject({
        idle: 0,
        stalls: 0,
        dropped: 0,
      });
    },
  );

  it('have two engines in the trace of two ranks, and no cycle across them', async () => {
    const dataset = await importDataset(`${realCases}/otlp/two-ranks`);
    const { signal, cyclePairs } = describeDataset(dataset).experiments[0]!;
    expect(signal).toMatchObject({ engines: 2, clockSteps: 0, dropped: 0 });
    expect(cyclePairs.train + cyclePairs.valid + cyclePairs.test).toBe(298);
  });
});

describe.skipIf(realData === undefined)('the real experiments (skipped where they are not)', () => {
  it('lose no cycle, and differ from their clients in the known way', async () => {
    const { experiments } = describeDataset(await importDataset(`${realData}/stepml`));
    const traced = experiments.filter(({ rows }) => rows > 0);
    expect(traced.map(({ signal }) => [signal?.dropped, signal?.engines, signal?.lag.chosen])).toEqual([
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect(traced.map(({ reconciliation }) => Math.round(reconciliation.contextPerRequest!.gap))).toEqual([17, 8]);
    for (const { e2eMs } of traced.map(({ reconciliation }) => reconciliation)) {
      expect(Math.abs(e2eMs!.little / e2eMs!.measured - 1)).toBeLessThan(0.05);
    }
  });
});
