import { STEP_COLUMNS } from '../../../physics/index.ts';
import { COLUMN_NAMES } from '../../steps/column-names.ts';
import type { RequestState, StepRecord } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { SERVER } from '../server-settings.ts';
import { doubleAttribute, event, intAttribute, type OtlpText, textAttribute } from './otlp-text.ts';

/** The `step.BATCH_SUMMARY` event of a step. */
export function batchSummary(record: StepRecord, unixNs: string): OtlpText {
  const attributes = COLUMN_NAMES.map((name) =>
    name === 'kvUsageRatio'
      ? doubleAttribute(STEP_COLUMNS[name], record[name])
      : intAttribute(STEP_COLUMNS[name], record[name]),
  );
  return event('step.BATCH_SUMMARY', unixNs, attributes);
}

/**
 * The `step.REQUEST_SNAPSHOT` event of a request that runs, taken before the step's own tokens count as computed.
 *
 * Source: inference-sim/vllm, `vllm/v1/core/sched/scheduler.py`.
 */
export function requestSnapshot(
  stepId: number,
  id: string,
  snapshot: RequestState,
  { promptTokens, cachedTokens }: Requests,
  unixNs: string,
): OtlpText {
  const { request, computedTokens, newTokens, outputTokens, preemptions } = snapshot;
  const prompt = promptTokens[request] as number;
  const cached = cachedTokens[request] as number;
  return event('step.REQUEST_SNAPSHOT', unixNs, [
    intAttribute('step.id', stepId),
    textAttribute('request.id', id),
    textAttribute('request.phase', outputTokens === 0 ? 'PREFILL' : 'DECODE'),
    intAttribute('request.num_prompt_tokens', prompt),
    intAttribute('request.num_computed_tokens', computedTokens),
    intAttribute('request.num_output_tokens', outputTokens),
    intAttribute('request.num_preemptions', preemptions),
    intAttribute('request.scheduled_tokens_this_step', newTokens),
    intAttribute('kv.blocks_allocated_gpu', Math.ceil((computedTokens + newTokens) / SERVER.blockTokens)),
    intAttribute('kv.blocks_cached_gpu', cached / SERVER.blockTokens),
    intAttribute('request.effective_prompt_len', prompt - cached),
  ]);
}
