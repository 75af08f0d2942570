/**
 * The columns of a step record as the project names them, with the attribute that BATCH_SUMMARY gives them.
 * Sections 1 and 2 of the data's documentation say what they really mean: `durationUs` spans the scheduler call alone.
 */
export const STEP_COLUMNS = {
  stepId: 'step.id',
  startNs: 'step.ts_start_ns',
  endNs: 'step.ts_end_ns',
  durationUs: 'step.duration_us',
  runningDepth: 'queue.running_depth',
  waitingDepth: 'queue.waiting_depth',
  prefillRequests: 'batch.num_prefill_reqs',
  decodeRequests: 'batch.num_decode_reqs',
  scheduledTokens: 'batch.scheduled_tokens',
  prefillTokens: 'batch.prefill_tokens',
  decodeTokens: 'batch.decode_tokens',
  finishedRequests: 'batch.num_finished',
  preemptedRequests: 'batch.num_preempted',
  kvUsageRatio: 'kv.usage_gpu_ratio',
  kvBlocksTotal: 'kv.blocks_total_gpu',
  kvBlocksFree: 'kv.blocks_free_gpu',
} as const;

export type StepColumn = keyof typeof STEP_COLUMNS;

/**
 * Step records as columns of equal length, one row for each sampled step, ascending by `stepId`. A column that a source does not
 * have holds NaN in every row.
 */
export type StepColumns = { readonly [K in StepColumn]: Float64Array } & {
  /** Context of the batch, tokens, where a source sums it over the requests itself; it is better than what blocks tell. */
  readonly kvTokens?: Float64Array;
};

/** Whether a source has a column; without rows nothing is missing. */
export function isRecorded(steps: StepColumns, column: StepColumn): boolean {
  return steps[column].length === 0 || !steps[column].every(Number.isNaN);
}

/** What tells the context where it was not recorded as such. */
const CONTEXT_COLUMNS: readonly StepColumn[] = ['kvBlocksTotal', 'kvBlocksFree'];

/** The columns that are missing to compute what needs some columns: see `needs` of a feature. */
export function unrecorded(steps: StepColumns, needs: readonly StepColumn[]): readonly StepColumn[] {
  const hasContext = steps.kvTokens !== undefined;
  return needs.filter((name) => !isRecorded(steps, name) && !(hasContext && CONTEXT_COLUMNS.includes(name)));
}

/** Context held for the batch of each row, tokens. NaN where neither it nor the blocks in use were recorded. */
export function kvTokensOf({ kvTokens, kvBlocksTotal, kvBlocksFree }: StepColumns, blockSize: number): Float64Array {
  return kvTokens ?? kvBlocksTotal.map((total, row) => (total - kvBlocksFree[row]!) * blockSize);
}
