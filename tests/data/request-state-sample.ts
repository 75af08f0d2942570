import type { Experiment } from '../../src/data/index.ts';
import type { BatchState, StepColumns } from '../../src/physics/index.ts';
import { range, sampleSteps } from './sample.ts';

export const ROWS = 60;
const BASE = {
  id: 'x',
  model: 'llama-2-70b-hf',
  workload: 'general',
  architecture: 'llama-2-70b',
  tp: 4,
  hardware: 'H100',
  blockSize: 16,
};
/** Shares of a sum of eight: the same sum in tokens, and in whole blocks too. */
export const EVEN: readonly number[] = [2, 2, 2, 2];
export const SKEWED: readonly number[] = [5, 1, 1, 1];

/** Four decoding requests a batch, whose contexts grow from row to row; a share of the first row is 128 tokens. */
function contextsOf(shares: readonly number[], row: number): readonly number[] {
  return shares.map((share) => share * 16 * (8 + row));
}

function stateOf(shares: readonly number[]): BatchState {
  const contexts = range(0, ROWS).flatMap((row) => contextsOf(shares, row));
  return {
    offsets: Float64Array.from(range(0, ROWS + 1), (row) => 4 * row),
    computedTokens: Int32Array.from(contexts),
    newTokens: Int32Array.from(contexts, () => 1),
    promptTokens: Int32Array.from(contexts, () => 100),
    outputTokens: Int32Array.from(contexts, (tokens) => tokens - 100),
    preemptions: new Int32Array(contexts.length),
  };
}

/** Step records that say the same of both; only the time follows the longest context. */
export function stepsOf(shares: readonly number[]): StepColumns {
  const four = Float64Array.from(range(0, ROWS), () => 4);
  const none = new Float64Array(ROWS);
  const durationUs = Float64Array.from(range(0, ROWS), (row) => 10_000 + 3 * Math.max(...contextsOf(shares, row)));
  const startNs = Float64Array.from(range(0, ROWS), (row) => 40_000_000 * row);
  return {
    ...sampleSteps(range(0, ROWS)),
    prefillRequests: none,
    prefillTokens: none,
    decodeRequests: four,
    decodeTokens: four,
    scheduledTokens: four,
    startNs,
    endNs: startNs.map((start, row) => start + 1000 * durationUs[row]!),
    durationUs,
  };
}

/** An experiment whose records know each request. */
export function experiment(shares: readonly number[], changes: Partial<Experiment> = {}): Experiment {
  return { ...BASE, steps: stepsOf(shares), state: stateOf(shares), ...changes };
}
