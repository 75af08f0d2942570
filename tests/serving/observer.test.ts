import { describe, expect, it } from 'vitest';
import {
  DEFAULT_ENGINE,
  type EngineObserver,
  type EngineSettings,
  type EngineStep,
  serve,
  type ServingRequests,
} from '../../src/serving/index.ts';

const SETTINGS: EngineSettings = { ...DEFAULT_ENGINE, kvBlocks: 3, blockSize: 4 };

/** Two that come together and do not both fit, and one that comes when nothing is left to do. */
const REQUESTS: ServingRequests = {
  arrivalUs: Float64Array.of(5, 5, 200),
  promptTokens: Float64Array.of(4, 4, 1),
  outputTokens: Float64Array.of(3, 3, 1),
};

function observed(settings: EngineSettings = SETTINGS): readonly string[] {
  const seen: string[] = [];
  const observer: EngineObserver = {
    scheduled: (request, us) => seen.push(`${us} scheduled ${request}`),
    preempted: (request, computed, us) => seen.push(`${us} preempted ${request} with ${computed}`),
    stepBegins: ({ startUs, endUs, batch, running, waiting, preempted }: EngineStep) =>
      seen.push(
        `${startUs}-${endUs} batch ${batch.request.subarray(0, batch.count).join('+')}, ${running} running, waiting [${waiting().join()}], ${preempted} preempted`,
      ),
    token: (request, tokens, us) => seen.push(`${us} token ${tokens} of ${request}`),
    stepEnds: (rank, finished, us) => seen.push(`${us} rank ${rank} ends, ${finished} finished`),
    idle: (us, untilUs) => seen.push(`${us} idle until ${untilUs}`),
  };
  serve(REQUESTS, settings, () => 10, { observer });
  return seen;
}

describe('an observer of the engine', () => {
  it('sees what happens in its order', () => {
    // Each prompt fills a block; the first decode of request 0 takes the last one, so that request 1 has to leave. It needs two
    // for its five known tokens, and there is one until request 0 is done.
    expect(observed()).toEqual([
      '0 idle until 5',
      '5 scheduled 0',
      '5 scheduled 1',
      '5-15 batch 0+1, 2 running, waiting [], 0 preempted',
      '15 token 1 of 0',
      '15 token 1 of 1',
      '15 rank 0 ends, 0 finished',
      '15 preempted 1 with 4',
      '15-25 batch 0, 1 running, waiting [1], 1 preempted',
      '25 token 2 of 0',
      '25 rank 0 ends, 0 finished',
      '25-35 batch 0, 1 running, waiting [1], 0 preempted',
      '35 token 3 of 0',
      '35 rank 0 ends, 1 finished',
      '35 scheduled 1',
      '35-45 batch 1, 1 running, waiting [], 0 preempted',
      '45 token 2 of 1',
      '45 rank 0 ends, 0 finished',
      '45-55 batch 1, 1 running, waiting [], 0 preempted',
      '55 token 3 of 1',
      '55 rank 0 ends, 1 finished',
      '55 idle until 200',
      '200 scheduled 2',
      '200-210 batch 2, 1 running, waiting [], 0 preempted',
      '210 token 1 of 2',
      '210 rank 0 ends, 1 finished',
    ]);
  });

  it('sees each rank for itself', () => {
    const seen = observed({ ...SETTINGS, dataParallel: 2 });
    expect(seen.filter((event) => event.includes('ends'))).toEqual([
      '15 rank 0 ends, 0 finished',
      '15 rank 1 ends, 0 finished',
      '25 rank 0 ends, 0 finished',
      '25 rank 1 ends, 0 finished',
      '35 rank 0 ends, 1 finished',
      '35 rank 1 ends, 1 finished',
      '210 rank 0 ends, 1 finished',
    ]);
  });

  it('changes nothing of what is served', () => {
    const alone = serve(REQUESTS, SETTINGS, () => 10);
    expect(serve(REQUESTS, SETTINGS, () => 10, { observer: {} })).toEqual(alone);
    expect(serve(REQUESTS, SETTINGS, () => 10, { observer: { token: () => undefined } })).toEqual(alone);
  });
});
