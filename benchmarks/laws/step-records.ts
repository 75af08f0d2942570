import { createRandom, type Random } from '../../src/numeric/index.ts';
import type { Law, LawBatch } from './serving-laws.ts';

/** How the records of a law are made. */
export interface RecordOptions {
  readonly rows: number;
  /** Deviation of the logarithm of a step's time. */
  readonly noise: number;
  /** Share of steps whose clock reading is off by a factor of 100, either way. */
  readonly wild?: number;
  readonly seed: number;
}

const BLOCK_TOKENS = 16;
const BLOCKS = 62_712;
const TOKEN_BUDGET = 2048;

/** What an import of these records is told. */
export const RECORD_FACTS = { model: 'llama-2-70b', tp: 4, hardware: 'H100' } as const;

interface DrawnBatch extends LawBatch {
  readonly prefillRequests: number;
  readonly decodeRequests: number;
}

/** @param load 1 as measured, 2 for batches twice as large */
function drawBatch(random: Random, load: 1 | 2): DrawnBatch {
  const decodeRequests = 1 + random.integer(100 * load);
  // Loads crowd towards small chunks; a third of the steps is busy with prompts.
  const prefillTokens =
    random.uniform() < 0.35 ? 1 + Math.floor((load * TOKEN_BUDGET - decodeRequests - 1) * random.uniform() ** 2) : 0;
  const prefillRequests = prefillTokens === 0 ? 0 : 1 + Math.floor(prefillTokens / 800);
  const blocks = (decodeRequests + prefillRequests) * (2 + random.integer(200));
  return {
    prefillTokens,
    decodeTokens: decodeRequests,
    prefillRequests,
    decodeRequests,
    kvTokens: BLOCK_TOKENS * blocks,
  };
}

/** Share of the rows that searches see; those after them, which are test rows, are of twice the load. */
const SEEN = 0.8;

/** Step records of a server that follows a law, as CSV: consecutive steps of one run, which never idles. */
export function stepRecords(law: Law, { rows, noise, wild = 0, seed }: RecordOptions): string {
  const random = createRandom(seed).split('records', law.name);
  const lines: string[] = [];
  let startNs = 1e9;
  for (let step = 0; step < rows; step++) {
    const own = random.split(step);
    const batch = drawBatch(own.split('batch'), step < SEEN * rows ? 1 : 2);
    const factor = own.split('wild').uniform() < wild ? 100 ** (own.split('way').uniform() < 0.5 ? 1 : -1) : 1;
    const us = law.stepUs(batch) * Math.exp(noise * own.split('noise').normal()) * factor;
    const { prefillRequests, decodeRequests, prefillTokens, decodeTokens, kvTokens } = batch;
    const free = BLOCKS - kvTokens / BLOCK_TOKENS;
    const running = prefillRequests + decodeRequests;
    const record = [step, startNs, us, running, 0, prefillRequests, decodeRequests, prefillTokens, decodeTokens];
    lines.push([...record, 0, 0, BLOCKS, free].join(','));
    startNs += 1000 * us;
  }
  return [HEADER, ...lines, ''].join('\n');
}

const HEADER = [
  'step.id',
  'step.ts_start_ns',
  'step.duration_us',
  'queue.running_depth',
  'queue.waiting_depth',
  'batch.num_prefill_reqs',
  'batch.num_decode_reqs',
  'batch.prefill_tokens',
  'batch.decode_tokens',
  'batch.num_finished',
  'batch.num_preempted',
  'kv.blocks_total_gpu',
  'kv.blocks_free_gpu',
].join(',');
