import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CmaEs, createRandom, mean } from '../../src/numeric/index.ts';
import { batchSums, DEFAULT_ENGINE, type RequestPaths, serve, type StepTime } from '../../src/serving/index.ts';
import { realData } from '../real-data.ts';

interface Logged {
  readonly input_toks: number;
  readonly output_toks: number;
  readonly queued_ts: number;
  readonly first_token_ts: number;
  readonly last_token_ts: number;
}

/** A step: fixed, for each prefill and decode token, for each token of context, and for prefilling at all; µs. */
function stepTime([fixed, prefill, decode, context, mixed]: readonly number[]): StepTime {
  return (batch) => {
    const { prefillTokens, decodeTokens } = batchSums(batch);
    const contextTokens = batch.computedTokens.subarray(0, batch.count).reduce((sum, tokens) => sum + tokens, 0);
    const isMixed = prefillTokens > 0 ? 1 : 0;
    return fixed! + prefill! * prefillTokens + decode! * decodeTokens + context! * contextTokens + mixed! * isMixed;
  };
}

/** Means over requests of TTFT, time per output token and E2E, µs. */
function meansOf(
  firstUs: ArrayLike<number>,
  lastUs: ArrayLike<number>,
  arrivalUs: Float64Array,
  outputs: Float64Array,
) {
  const over = (of: (r: number) => number): number => mean(Float64Array.from(arrivalUs, (_, r) => of(r)));
  return [
    over((r) => firstUs[r]! - arrivalUs[r]!),
    over((r) => (lastUs[r]! - firstUs[r]!) / (outputs[r]! - 1)),
    over((r) => lastUs[r]! - arrivalUs[r]!),
  ];
}

describe.skipIf(realData === undefined)('the engine model on the log of a real engine', () => {
  // One Llama-3.1-8B on one GPU that never ran out of blocks: batch and queue follow from the arrivals and five constants.
  it('gives the latencies that were measured, in the means and request by request', { timeout: 60_000 }, () => {
    const path = join(realData!, 'requests', 'RTXPRO6000_Llama-3.1-8B', 'requests.jsonl');
    const log = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Logged)
      .sort((a, b) => a.queued_ts - b.queued_ts);
    const column = (of: (request: Logged) => number): Float64Array => Float64Array.from(log, of);
    const us = (time: number): number => (time - log[0]!.queued_ts) * 1e6;
    const arrivalUs = column(({ queued_ts }) => us(queued_ts));
    const outputTokens = column(({ output_toks }) => output_toks);
    const requests = { arrivalUs, promptTokens: column(({ input_toks }) => input_toks), outputTokens };
    const lastUs = column(({ last_token_ts }) => us(last_token_ts));
    const measured = meansOf(
      column(({ first_token_ts }) => us(first_token_ts)),
      lastUs,
      arrivalUs,
      outputTokens,
    );
    const settings = { ...DEFAULT_ENGINE, maxNumSeqs: 128, kvBlocks: 30_000 };
    const simulate = (scales: ArrayLike<number>): RequestPaths => {
      const constants = [15_000, 40, 40, 0.05, 10_000].map((start, at) => start * Math.exp(scales[at]!));
      return serve(requests, settings, stepTime(constants), { equalSteps: 32 }).requests;
    };
    const errorsOf = ({ firstTokenUs, lastTokenUs }: RequestPaths): readonly number[] =>
      meansOf(firstTokenUs, lastTokenUs, arrivalUs, outputTokens).map((value, at) => value / measured[at]! - 1);
    const search = new CmaEs({ mean: [0, 0, 0, 0, 0], sigma: 0.3, random: createRandom(1) });
    for (let generation = 0; generation < 30; generation++) {
      search.tell(search.ask().map((scales) => Math.hypot(...errorsOf(simulate(scales)))));
    }
    const fitted = simulate(search.best!.x);
    for (const error of errorsOf(fitted)) expect(Math.abs(error)).toBeLessThan(0.01);
    const each = fitted.lastTokenUs.map((last, r) =>
      Math.abs((last - arrivalUs[r]!) / (lastUs[r]! - arrivalUs[r]!) - 1),
    );
    expect(mean(each)).toBeLessThan(0.03);
  });
});
