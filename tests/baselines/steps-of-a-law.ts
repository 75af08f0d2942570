import type { Experiment } from '../../src/data/index.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import { EXPERIMENT, range, sampleSteps } from '../data/sample.ts';

const ROWS = 300;
/** Of its constants in scope `model`. */
export const GROUP = 'llama-2-7b-tp1-H100';
export const CONSTANTS = { base: 9000, perDecode: 40, perPrefill: 20, perKv: 0.02 };

/** A program with these constants. */
export function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { base: 1, perDecode: 1, perPrefill: 1, perKv: 1 };\nexport function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

export interface Batch {
  readonly prefill: number;
  readonly decode: number;
  readonly kvTokens: number;
  readonly us: number;
}

/** Consecutive steps of batches that take the times they are given. */
export function experimentOf(batchOf: (row: number) => Batch, changes: Partial<Experiment> = {}): Experiment {
  const steps = sampleSteps(range(0, ROWS));
  const batches = range(0, ROWS).map(batchOf);
  const column = (of: (batch: Batch, row: number) => number): Float64Array => Float64Array.from(batches, of);
  const starts = [1e9];
  for (const { us } of batches) starts.push(starts.at(-1)! + Math.round(1000 * us));
  return {
    ...EXPERIMENT,
    steps: {
      ...steps,
      startNs: column((_, row) => starts[row]!),
      endNs: column((_, row) => starts[row]! + 1000 * steps.durationUs[row]!),
      prefillRequests: column(({ prefill }) => (prefill > 0 ? 1 : 0)),
      prefillTokens: column(({ prefill }) => prefill),
      decodeRequests: column(({ decode }) => decode),
      decodeTokens: column(({ decode }) => decode),
      scheduledTokens: column(({ prefill, decode }) => prefill + decode),
      kvBlocksTotal: column(() => 1000),
      kvBlocksFree: column(({ kvTokens }) => 1000 - kvTokens / 16),
      kvUsageRatio: column(({ kvTokens }) => kvTokens / 16_000),
    },
    ...changes,
  };
}

/** Every third batch prefills 64 tokens, every tenth does nothing else; the cache fills up to 96 %. */
export function batchAt(row: number): Batch {
  const prefill = row % 3 === 0 ? 64 : 0;
  const decode = row % 30 === 0 ? 0 : 1 + (row % 7);
  const kvTokens = 16 * (100 + (row % 44) * 20);
  const us =
    CONSTANTS.base + CONSTANTS.perDecode * decode + CONSTANTS.perPrefill * prefill + CONSTANTS.perKv * kvTokens;
  return { prefill, decode, kvTokens, us };
}

/** What takes the times of `batchAt` with these constants. */
export const LAW =
  'c.base + c.perDecode * batch.decodeTokens + c.perPrefill * batch.prefillTokens + c.perKv * batch.kvTokens';
