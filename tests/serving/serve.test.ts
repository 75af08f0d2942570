import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import {
  type Batch,
  batchSums,
  DEFAULT_ENGINE,
  type EngineSettings,
  serve,
  type ServeOptions,
  type ServingRequests,
} from '../../src/serving/index.ts';

const SETTINGS: EngineSettings = { ...DEFAULT_ENGINE, kvBlocks: 1000 };

/** Requests as [arrival µs, prompt, output]. */
function requestsOf(rows: readonly (readonly [number, number, number])[]): ServingRequests {
  const column = (at: 0 | 1 | 2): Float64Array => Float64Array.from(rows, (row) => row[at]);
  return { arrivalUs: column(0), promptTokens: column(1), outputTokens: column(2) };
}

function run(
  rows: readonly (readonly [number, number, number])[],
  settings: Partial<EngineSettings> = {},
  stepTime: (batch: Batch) => number = () => 10,
  options: ServeOptions = {},
) {
  return serve(requestsOf(rows), { ...SETTINGS, ...settings }, stepTime, options);
}

// Worked by hand; a step takes 10 µs unless it is said.
describe('the engine model, worked by hand', () => {
  it('gives the first token with the end of the prompt, then one a step', () => {
    const { rows, requests } = run([[3, 5, 3]]);
    expect([...rows.startUs]).toEqual([3, 13, 23]);
    expect([...rows.prefillTokens]).toEqual([5, 0, 0]);
    expect([...rows.decodeTokens]).toEqual([0, 1, 1]);
    expect([...rows.contextTokens]).toEqual([0, 5, 6]);
    expect([requests.scheduledUs[0], requests.firstTokenUs[0], requests.lastTokenUs[0]]).toEqual([3, 13, 33]);
    expect([requests.scheduledRow[0], requests.firstTokenRow[0], requests.lastTokenRow[0]]).toEqual([0, 0, 2]);
  });

  it('keeps the requests of each row where it is told to, equal steps with their mean context', () => {
    const rows = [
      [3, 5, 4],
      [4, 2, 1],
    ] as const;
    const { batches } = run(rows, {}, () => 10, { equalSteps: 32, keepBatches: true });
    // A prompt of 5; at 13 the other prompt beside a first decode; from 23 on two decodes alone, of contexts 6 and 7.
    expect(batches).toEqual({
      offsets: Float64Array.of(0, 1, 3, 4),
      context: Float64Array.of(0, 5, 0, 6.5),
      newTokens: Float64Array.of(5, 1, 2, 1),
      promptTokens: Float64Array.of(5, 5, 2, 5),
    });
    expect(run(rows).batches).toBeUndefined();
  });

  it('computes a prompt in chunks under the token budget, behind the decodes', () => {
    const { rows, requests } = run(
      [
        [0, 1, 4],
        [0, 4, 1],
      ],
      { maxNumBatchedTokens: 2 },
    );
    // Step 1: 1 + 1 tokens. Step 2: a decode and 1 token, step 3 the same, step 4 the prompt's last.
    expect([...rows.prefillTokens]).toEqual([2, 1, 1, 1]);
    expect([...rows.decodeTokens]).toEqual([0, 1, 1, 1]);
    expect([...requests.firstTokenUs]).toEqual([10, 40]);
  });

  it('takes whole prompts alone where they may not be cut', () => {
    const { rows } = run(
      [
        [0, 3, 2],
        [0, 3, 1],
      ],
      { maxNumBatchedTokens: 4, chunkedPrefill: false },
    );
    expect([...rows.prefillTokens]).toEqual([3, 3]);
    expect([...rows.decodeTokens]).toEqual([0, 1]);
  });

  it('lets in what has arrived when a step ends, one step later where it schedules ahead', () => {
    const load = [
      [0, 1, 4],
      [5, 1, 1],
    ] as const;
    expect(run(load).requests.scheduledUs[1]).toBe(10);
    expect(run(load, { asyncScheduling: true }).requests.scheduledUs[1]).toBe(20);
    // An idle engine has nothing scheduled ahead.
    const late = [
      [0, 1, 1],
      [25, 1, 1],
    ] as const;
    expect(run(late, { asyncScheduling: true }).requests.scheduledUs[1]).toBe(25);
  });

  it('serves no more requests at once than it may', () => {
    const { requests } = run(
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
      { maxNumSeqs: 1 },
    );
    expect([...requests.lastTokenUs]).toEqual([20, 40]);
  });

  it('preempts the last request where the blocks run out, and keeps its output', () => {
    const { rows, requests } = run(
      [
        [0, 4, 5],
        [0, 4, 5],
      ],
      { kvBlocks: 3, blockSize: 4, prefixCaching: false },
    );
    // Both prompts take a block. The first decode of the first takes the third, the second has to leave; it needs two for its
    // five known tokens, which are free at 50.
    expect([...requests.preemptions]).toEqual([0, 1]);
    expect([...requests.firstTokenUs]).toEqual([10, 10]);
    expect([...requests.lastTokenUs]).toEqual([50, 90]);
    expect([...rows.decodeTokens]).toEqual([0, 1, 1, 1, 1, 5, 1, 1, 1]);
    expect([...rows.preemptedRequests]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect([...rows.usedBlocks]).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2]);
  });

  it('lets a preempted request find the beginning of its own tokens, as far as nobody took its blocks', () => {
    const { rows, requests } = run(
      [
        [0, 4, 9],
        [0, 8, 5],
      ],
      { kvBlocks: 4, blockSize: 4 },
    );
    // At 10 the first takes the last block, and the second leaves two whole ones. At 50 the first takes one of them, that of the
    // later tokens. It is done at 90: of nine known tokens the second finds four, and computes five.
    expect([...requests.preemptions]).toEqual([0, 1]);
    expect([...rows.decodeTokens]).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 5, 1, 1, 1]);
    expect(rows.contextTokens[9]).toBe(4);
    expect([...rows.usedBlocks]).toEqual([3, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it('takes up none of the tokens of a block that was not full when its request was preempted', () => {
    const { rows, requests } = run(
      [
        [0, 4, 5],
        [0, 6, 2],
      ],
      { kvBlocks: 3, blockSize: 4 },
    );
    // The second leaves a block of four tokens and one of two. Of seven known tokens it computes three behind the four.
    expect([...requests.preemptions]).toEqual([0, 1]);
    expect([...rows.decodeTokens]).toEqual([0, 1, 1, 1, 1, 3]);
    expect(rows.contextTokens[5]).toBe(4);
  });

  it('admits a request only where all of it fits, if that is asked for', () => {
    const load = [
      [0, 4, 4],
      [0, 12, 1],
    ] as const;
    const settings = { kvBlocks: 4, blockSize: 4, maxNumBatchedTokens: 8 };
    // Its first four tokens take one of three free blocks; all twelve take three, of which the first one needs one at 10.
    expect(run(load, { ...settings, kvBlocks: 3 }).requests.scheduledUs[1]).toBe(0);
    expect(run(load, { ...settings, kvBlocks: 3, reserveFullPrompt: true }).requests.scheduledUs[1]).toBe(40);
    expect(run(load, { ...settings, reserveFullPrompt: true }).requests.scheduledUs[1]).toBe(0);
  });

  it('gives place and blocks of a request that is done away one step later where it schedules ahead', () => {
    const load = [
      [0, 1, 2],
      [0, 1, 5],
      [0, 1, 1],
    ] as const;
    const settings = { maxNumSeqs: 2, blockSize: 4 };
    const { rows, requests } = run(load, settings);
    expect(requests.scheduledUs[2]).toBe(20);
    expect([...rows.usedBlocks]).toEqual([2, 2, 2, 1, 2]);
    const ahead = run(load, { ...settings, asyncScheduling: true });
    expect(ahead.requests.scheduledUs[2]).toBe(30);
    expect([...ahead.rows.usedBlocks]).toEqual([2, 2, 2, 2, 3]);
    expect(run(load, { ...settings, asyncScheduling: true }, undefined, { equalSteps: 8 }).requests).toEqual(
      expect.objectContaining({ scheduledUs: ahead.requests.scheduledUs }),
    );
    // Nothing runs beside it: nothing is ahead.
    const alone = run([load[0], load[2]], { maxNumSeqs: 1, asyncScheduling: true });
    expect(alone.requests.scheduledUs[1]).toBe(20);
  });

  it('starts behind what the prefix cache has, whole blocks and never all of it', () => {
    const requests = { ...requestsOf([[0, 8, 1]]), cachedTokens: Float64Array.of(8) };
    const { rows } = serve(requests, { ...SETTINGS, blockSize: 4 }, () => 10);
    expect([...rows.prefillTokens]).toEqual([4]);
    expect([...rows.contextTokens]).toEqual([4]);
    const without = serve(requests, { ...SETTINGS, blockSize: 4, prefixCaching: false }, () => 10);
    expect([...without.rows.prefillTokens]).toEqual([8]);
  });

  it('holds the blocks of a common beginning once', () => {
    const requests: ServingRequests = {
      ...requestsOf([
        [0, 9, 1],
        [0, 9, 1],
      ]),
      prefixes: { of: Int32Array.of(0, 0), tokens: Float64Array.of(8) },
    };
    const { rows } = serve(requests, { ...SETTINGS, blockSize: 4 }, () => 10);
    expect([...rows.usedBlocks]).toEqual([4]);
  });

  it('stops at the longest sequence, and serves the others where one can never be', () => {
    const { requests } = run(
      [
        [0, 4, 10],
        [0, 6, 1],
      ],
      { maxModelLen: 6 },
    );
    expect([...requests.outputTokens]).toEqual([2, 0]);
    expect([...requests.rank]).toEqual([0, -1]);
    expect(requests.lastTokenUs[1]).toBeNaN();
  });

  it('sends the next request of a client when it has its answer', () => {
    const options = { load: { kind: 'closed', clients: 1, thinkUs: 5 } } as const;
    const { requests } = run(
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
      {},
      () => 10,
      options,
    );
    expect([...requests.arrivalUs]).toEqual([0, 15]);
    expect([...requests.lastTokenUs]).toEqual([10, 25]);
  });

  it('lets ranks that exchange experts wait for the longest of them, others not', () => {
    const load = [
      [0, 10, 1],
      [0, 1, 2],
    ] as const;
    const byTokens = (batch: Batch): number => batchSums(batch).prefillTokens + batchSums(batch).decodeTokens;
    const apart = run(load, { dataParallel: 2 }, byTokens).requests;
    expect([...apart.rank]).toEqual([0, 1]);
    expect([...apart.lastTokenUs]).toEqual([10, 2]);
    const together = run(load, { dataParallel: 2, lockStep: true }, byTokens).requests;
    expect([...together.lastTokenUs]).toEqual([10, 11]);
  });

  it('refuses a step time that is none', () => {
    expect(() => run([[0, 1, 1]], {}, () => 0)).toThrow(/a step time of 0 µs/);
  });
});

describe('the engine model on a random load', () => {
  const random = createRandom(7);
  let arrivalUs = 0;
  const load = Array.from({ length: 400 }, () => {
    arrivalUs += Math.round(-3000 * Math.log(1 - random.uniform()));
    return [arrivalUs, 1 + random.integer(600), 1 + random.integer(60)] as const;
  });
  const tight: Partial<EngineSettings> = { kvBlocks: 120, maxNumSeqs: 16, maxNumBatchedTokens: 256 };
  const stepTime = ({ count, newTokens, computedTokens }: Batch): number => {
    let us = 500;
    for (let at = 0; at < count; at++) us += 2 * newTokens[at]! + 0.01 * computedTokens[at]!;
    return us;
  };
  const options: readonly (readonly [name: string, settings: Partial<EngineSettings>])[] = [
    ['in one rank', {}],
    ['in asynchronous steps', { asyncScheduling: true }],
    ['in two ranks', { dataParallel: 2 }],
    ['in two ranks in lock-step', { dataParallel: 2, lockStep: true }],
    ['with whole prompts reserved', { reserveFullPrompt: true, watermark: 0.02 }],
  ];

  it.each(options)('loses nothing %s', (_, more) => {
    const settings = { ...tight, ...more };
    const { rows, requests } = run(load, settings, stepTime);
    expect(Math.max(...rows.usedBlocks)).toBeLessThanOrEqual(settings.kvBlocks!);
    expect(requests.preemptions.some((count) => count > 0)).toBe(true);
    for (const [r, [arrival, , output]] of load.entries()) {
      expect(requests.outputTokens[r]).toBe(output);
      expect(requests.scheduledUs[r]).toBeGreaterThanOrEqual(arrival);
      expect(requests.firstTokenUs[r]).toBeGreaterThan(requests.scheduledUs[r]!);
      expect(requests.lastTokenUs[r]).toBeGreaterThanOrEqual(requests.firstTokenUs[r]!);
    }
    for (const row of rows.startUs.keys()) {
      expect(rows.prefillRequests[row]! + rows.decodeRequests[row]!).toBeLessThanOrEqual(settings.maxNumSeqs!);
      expect(rows.prefillTokens[row]! + rows.decodeTokens[row]!).toBeLessThanOrEqual(settings.maxNumBatchedTokens!);
    }
  });

  it('computes every token once where nothing is preempted', () => {
    const { rows, requests } = run(load, { ...tight, kvBlocks: 5000 }, stepTime);
    expect(requests.preemptions.every((count) => count === 0)).toBe(true);
    const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0);
    expect(sum(rows.prefillTokens)).toBe(load.reduce((total, [, prompt]) => total + prompt, 0));
    expect(sum(rows.decodeTokens)).toBe(load.reduce((total, [, , output]) => total + output - 1, 0));
    // First come, first served.
    expect([...requests.scheduledUs]).toEqual([...requests.scheduledUs].sort((a, b) => a - b));
  });

  it('is the same at every run, and when equal steps are taken together', () => {
    const first = run(load, tight, stepTime);
    expect(run(load, tight, stepTime)).toEqual(first);
    const together = run(load, tight, stepTime, { equalSteps: 64 });
    expect(together.rows.startUs.length).toBeLessThan(0.9 * first.rows.startUs.length);
    for (const r of load.keys()) {
      expect(together.requests.lastTokenUs[r]! / first.requests.lastTokenUs[r]!).toBeCloseTo(1, 2);
    }
    // Without arrivals in between, a law that is linear in the context takes the same time to the last bit but rounding.
    const alone = [[0, 10, 300]] as const;
    const [each, atOnce] = [1, 64].map(
      (equalSteps) => run(alone, {}, stepTime, { equalSteps }).requests.lastTokenUs[0]!,
    );
    expect(atOnce! / each!).toBeCloseTo(1, 12);
  });
});
