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

/** Step records as columns of equal length, one row for each sampled step, ascending by `stepId`. */
export type StepColumns = { readonly [K in StepColumn]: Float64Array };
