import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STEP_COLUMNS } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { COLUMN_NAMES, sampleRecord } from '../sample.ts';

export type Json = Readonly<Record<string, unknown>>;
type Value = string | number;

/** Attributes of OTLP in JSON: texts, integers as text, other numbers as numbers. */
function attributes(values: Readonly<Record<string, Value>>): readonly Json[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: Value): Json {
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

export function event(name: string, values: Readonly<Record<string, Value>>): Json {
  return { timeUnixNano: '1', name, attributes: attributes(values) };
}

/** A BATCH_SUMMARY event; `changes` are by attribute. */
export function summary(id: number, changes: Readonly<Record<string, Value>> = {}): Json {
  const record = sampleRecord(id);
  const values = Object.fromEntries(COLUMN_NAMES.map((name) => [STEP_COLUMNS[name], record[name]]));
  return event('step.BATCH_SUMMARY', { ...values, ...changes });
}

/** A REQUEST_SNAPSHOT event. */
export function snapshot(
  id: number | undefined,
  computed: number,
  scheduled: number,
  prompt: number,
  output: number,
  preemptions = 0,
): Json {
  return event('step.REQUEST_SNAPSHOT', {
    ...(id !== undefined && { 'step.id': id }),
    'request.id': `cmpl-${computed}-0-1a2b3c4d`,
    'request.phase': output === 0 ? 'PREFILL' : 'DECODE',
    'request.num_prompt_tokens': prompt,
    'request.num_computed_tokens': computed,
    'request.num_output_tokens': output,
    'request.num_preemptions': preemptions,
    'request.scheduled_tokens_this_step': scheduled,
    'kv.blocks_allocated_gpu': 9,
  });
}

/** One export with one span. */
export function exported(
  events: readonly Json[],
  {
    name = 'scheduler_steps_1',
    resource = { 'service.name': 'vllm' },
    span = {},
    start = '1',
  }: {
    readonly name?: string;
    readonly resource?: Readonly<Record<string, Value>>;
    readonly span?: Readonly<Record<string, Value>>;
    readonly start?: string;
  } = {},
): Json {
  const spans = [{ name, startTimeUnixNano: start, endTimeUnixNano: '9', attributes: attributes(span), events }];
  return {
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: 'vllm.scheduler' }, spans }] },
    ],
  };
}

export function lines(...documents: readonly Json[]): string {
  return documents.map((document) => `${JSON.stringify(document)}\n`).join('');
}

/** A new experiment's folder with some files. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = join(temporaryFolder(), '20260101-000000-llama-2-70b-tp4-general');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
