import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  doubleAttribute as double,
  event as eventText,
  intAttribute as integer,
  textAttribute as text,
} from '../src/data/demo/raw/otlp-text.ts';
import { createRandom, type Random } from '../src/numeric/index.ts';

/** How a trace is written. */
export type TraceForm = 'lines' | 'gzip' | 'framed-zstd' | 'document';

const STEPS_A_SPAN = 4;
const SPANS_A_LINE = 8;
const STEP_NS = 15_000_000;
/** Every tenth step is sampled. */
const SAMPLED = 10;
/** Each is compressed on its own. */
const MESSAGE_BYTES = 4 << 20;

function event(ns: number, name: string, attributes: readonly string[]): string {
  return eventText(name, `17${String(ns).padStart(17, '0')}`, attributes);
}

function span(scope: string, name: string, attributes: readonly string[], events: readonly string[]): string {
  return `{"scope":{"name":"${scope}"},"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","parentSpanId":"","name":"${name}","kind":1,"startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[${attributes.join(',')}],"events":[${events.join(',')}],"status":{}}]}`;
}

/** Lines of a trace with snapshots and journeys, as an instrumented vLLM behind a collector writes them. */
class TraceLines {
  readonly #random: Random = createRandom(1).split('trace');
  #step = 1;
  #request = 0;

  next(): string {
    const spans: string[] = [];
    for (let i = 0; i < SPANS_A_LINE; i++) spans.push(this.#steps(), ...this.#journey());
    const resource = `{"attributes":[${text('service.name', 'vllm')}]}`;
    return `{"resourceSpans":[{"resource":${resource},"scopeSpans":[${spans.join(',')}]}]}`;
  }

  #steps(): string {
    const events: string[] = [];
    for (let i = 0; i < STEPS_A_SPAN; i++) {
      const requests = 8 + Math.floor(48 * this.#random.uniform());
      events.push(...this.#stepEvents(requests));
      this.#step += SAMPLED;
    }
    return span('vllm.scheduler.step', `scheduler_steps_${this.#step}`, [], events);
  }

  #stepEvents(requests: number): readonly string[] {
    const start = 1e12 + this.#step * STEP_NS;
    const summary = event(start, 'step.BATCH_SUMMARY', [
      integer('step.id', this.#step),
      integer('step.ts_start_ns', start),
      integer('step.ts_end_ns', start + 500_000),
      integer('step.duration_us', 500),
      integer('queue.running_depth', requests),
      integer('queue.waiting_depth', 0),
      integer('batch.num_prefill_reqs', 0),
      integer('batch.num_decode_reqs', requests),
      integer('batch.scheduled_tokens', requests),
      integer('batch.prefill_tokens', 0),
      integer('batch.decode_tokens', requests),
      integer('batch.num_finished', 0),
      integer('batch.num_preempted', 0),
      double('kv.usage_gpu_ratio', requests / 800),
      integer('kv.blocks_total_gpu', 30_000),
      integer('kv.blocks_free_gpu', 30_000 - 37 * requests),
    ]);
    const snapshots = Array.from({ length: requests }, (_, at) => {
      const prompt = 200 + Math.floor(700 * this.#random.uniform());
      const output = 1 + Math.floor(250 * this.#random.uniform());
      return event(start, 'step.REQUEST_SNAPSHOT', [
        integer('step.id', this.#step),
        text('request.id', this.#id(at)),
        text('request.phase', 'DECODE'),
        integer('request.num_prompt_tokens', prompt),
        integer('request.num_computed_tokens', prompt + output - 1),
        integer('request.num_output_tokens', output),
        integer('request.num_preemptions', 0),
        integer('request.scheduled_tokens_this_step', 1),
        integer('kv.blocks_allocated_gpu', Math.ceil((prompt + output) / 16)),
        integer('kv.blocks_cached_gpu', 0),
      ]);
    });
    return [summary, ...snapshots];
  }

  #journey(): readonly string[] {
    const id = this.#id(this.#request++);
    const at = 1000 + (this.#step * STEP_NS) / 1e9;
    const journey = (name: string, seconds: number): string =>
      event(seconds * 1e9, `journey.${name}`, [
        text('event.type', name),
        double('ts.monotonic', at + seconds),
        integer('scheduler.step', this.#step),
        text('phase', 'DECODE'),
        integer('prefill.done_tokens', 0),
        integer('prefill.total_tokens', 500),
        integer('decode.done_tokens', 120),
        integer('decode.max_tokens', 120),
        integer('num_preemptions', 0),
      ]);
    const api = (name: string, seconds: number): string =>
      event(seconds * 1e9, `api.${name}`, [double('event.ts.monotonic', at + seconds)]);
    const events = [
      journey('QUEUED', 0.01),
      journey('SCHEDULED', 0.02),
      journey('FIRST_TOKEN', 0.05),
      journey('FINISHED', 2),
    ];
    return [
      span('vllm.scheduler', 'llm_core', [text('gen_ai.request.id', id)], events),
      span(
        'vllm.api',
        'llm_request',
        [text('gen_ai.request.id', id.slice(0, -11))],
        [api('ARRIVED', 0), api('DEPARTED', 2.1)],
      ),
    ];
  }

  #id(at: number): string {
    return `cmpl-${(0x9dcf4ea42cd00 + 7919 * at).toString(16).padStart(16, '0')}-0-${(0xaa000000 + at).toString(16)}`;
  }
}

/** Writes what comes, message by message, packed or not. */
const PACK: { readonly [F in TraceForm]: (message: string) => Uint8Array | string } = {
  lines: (message) => message,
  document: (message) => message,
  gzip: (message) => gzipSync(message, { level: 1 }),
  'framed-zstd': (message) => {
    const { stdout } = spawnSync('zstd', ['-q', '-c'], { input: message, maxBuffer: 2 * MESSAGE_BYTES });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(stdout.length);
    return Buffer.concat([length, stdout]);
  },
};

/** Whether there is a compressor for zstd; Node 20 has none. */
export function hasZstd(): boolean {
  return spawnSync('zstd', ['--version']).status === 0;
}

/** Writes a trace of so many bytes, counted unpacked; returns how many it really has. */
export function writeTrace(path: string, form: TraceForm, bytes: number): number {
  const lines = new TraceLines();
  const handle = openSync(path, 'w');
  let written = 0;
  let message = form === 'document' ? '[\n' : '';
  const flush = (): void => {
    written += message.length;
    writeSync(handle, typeof message === 'string' ? Buffer.from(PACK[form](message)) : message);
    message = '';
  };
  for (let isFirst = true; written + message.length < bytes; isFirst = false) {
    message += form === 'document' ? `${isFirst ? '' : ',\n'}${lines.next()}` : `${lines.next()}\n`;
    if (message.length >= MESSAGE_BYTES) flush();
  }
  if (form === 'document') message += '\n]\n';
  if (message !== '') flush();
  closeSync(handle);
  return written;
}
