import type { StagedFile } from '../../../base/index.ts';
import type { RunObserver, StepRecord } from '../observer.ts';

/** Columns of the table: names and units that are none of the project's, and how each is got from a step record. */
const COLUMNS: readonly (readonly [name: string, cell: (record: StepRecord) => number | string])[] = [
  ['iter', ({ stepId }) => stepId],
  ['start_s', ({ startNs }) => (startNs / 1e9).toFixed(9)],
  ['end_s', ({ endNs }) => (endNs / 1e9).toFixed(9)],
  ['schedule_ms', ({ durationUs }) => durationUs / 1000],
  ['running', ({ runningDepth }) => runningDepth],
  ['waiting', ({ waitingDepth }) => waitingDepth],
  ['prefills', ({ prefillRequests }) => prefillRequests],
  ['decodes', ({ decodeRequests }) => decodeRequests],
  ['prefill_toks', ({ prefillTokens }) => prefillTokens],
  ['decode_toks', ({ decodeTokens }) => decodeTokens],
  ['done', ({ finishedRequests }) => finishedRequests],
  ['evicted', ({ preemptedRequests }) => preemptedRequests],
  ['kv_pct', ({ kvUsageRatio }) => 100 * kvUsageRatio],
  ['kv_blocks', ({ kvBlocksTotal }) => kvBlocksTotal],
  ['kv_free', ({ kvBlocksFree }) => kvBlocksFree],
];

/** How the columns of the table become those of step records. */
export const STEP_TABLE_MAP = `step.id: iter
step.ts_start_ns: 1000000000 * start_s
step.ts_end_ns: 1000000000 * end_s
step.duration_us: 1000 * schedule_ms
queue.running_depth: running
queue.waiting_depth: waiting
batch.num_prefill_reqs: prefills
batch.num_decode_reqs: decodes
batch.scheduled_tokens: prefill_toks + decode_toks
batch.prefill_tokens: prefill_toks
batch.decode_tokens: decode_toks
batch.num_finished: done
batch.num_preempted: evicted
kv.usage_gpu_ratio: 0.01 * kv_pct
kv.blocks_total_gpu: kv_blocks
kv.blocks_free_gpu: kv_free
`;

/** Writes the recorded steps as somebody's own table, CSV with other names and units than a trace has. */
export class StepTable implements Pick<RunObserver, 'step'> {
  readonly #file: StagedFile;

  constructor(file: StagedFile) {
    this.#file = file;
    file.write(`${COLUMNS.map(([name]) => name).join(',')}\n`);
  }

  step(record: StepRecord, _: number, isRecorded: boolean): void {
    if (isRecorded) this.#file.write(`${COLUMNS.map(([, cell]) => cell(record)).join(',')}\n`);
  }
}
