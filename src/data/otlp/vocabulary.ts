import { STEP_COLUMNS } from '../../physics/index.ts';
import { Words } from './words.ts';

/** Keys of OTLP in JSON; some writers use snake case, and `scopeSpans` had another name before OTLP 0.15. */
const KEYS = [
  'resourceSpans',
  'resource_spans',
  'resource',
  'scopeSpans',
  'scope_spans',
  'instrumentationLibrarySpans',
  'instrumentation_library_spans',
  'spans',
  'events',
  'attributes',
  'key',
  'value',
  'name',
  'startTimeUnixNano',
  'start_time_unix_nano',
  'intValue',
  'int_value',
  'doubleValue',
  'double_value',
  'stringValue',
  'string_value',
] as const;

/** Events that are read; all others are passed over. */
const EVENTS = [
  'step.BATCH_SUMMARY',
  'step.REQUEST_SNAPSHOT',
  'journey.QUEUED',
  'journey.SCHEDULED',
  'journey.FIRST_TOKEN',
  'journey.PREEMPTED',
  'journey.FINISHED',
  'api.ARRIVED',
  'api.DEPARTED',
  'api.ABORTED',
] as const;

/** Attributes that are read, of resources, spans and events. */
const ATTRIBUTES = [
  'request.num_prompt_tokens',
  'request.num_computed_tokens',
  'request.num_output_tokens',
  'request.num_preemptions',
  'request.scheduled_tokens_this_step',
  'ts.monotonic',
  'ts.monotonic_ns',
  'event.ts.monotonic',
  'prefill.total_tokens',
  'decode.done_tokens',
  'num_preemptions',
  'finish.status',
  'gen_ai.request.id',
  'gen_ai.response.model',
  'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.completion_tokens',
  'gen_ai.latency.time_in_queue',
  'gen_ai.latency.time_in_model_prefill',
  'gen_ai.latency.time_in_model_decode',
  'gen_ai.latency.time_to_first_token',
  'gen_ai.latency.e2e',
] as const;

/** Attributes by which the engines of a deployment tell themselves apart, of a resource, a span or an event. */
const ENGINES = [
  'service.instance.id',
  'engine.id',
  'engine_id',
  'engine.index',
  'engine_index',
  'dp.rank',
  'dp_rank',
  'data_parallel_rank',
  'vllm.dp_rank',
  'pp.rank',
  'pp_rank',
  'pipeline_parallel_rank',
] as const;

const ALL: readonly string[] = [...KEYS, ...EVENTS, ...ATTRIBUTES, ...ENGINES, ...Object.values(STEP_COLUMNS)];

export const WORDS: Words = new Words(ALL);
export const WORD_COUNT: number = ALL.length;

/** The number of a word that stands above. */
export function wordNumber(word: (typeof KEYS | typeof EVENTS | typeof ATTRIBUTES)[number]): number {
  return ALL.indexOf(word);
}

/** The numbers of the attributes of BATCH_SUMMARY, by name. */
export const STEP_WORDS: ReadonlyMap<string, number> = new Map(
  Object.values(STEP_COLUMNS).map((name) => [name, ALL.indexOf(name)]),
);

export const ENGINE_WORDS: readonly number[] = ENGINES.map((name) => ALL.indexOf(name));
