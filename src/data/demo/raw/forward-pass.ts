import { gzipSync } from 'node:zlib';
import type { StagedFile } from '../../../base/index.ts';
import type { RunObserver, ScheduledBatch, StepClock, StepRecord } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { BOOT_NS } from '../step-log.ts';
import { hexId } from './ids.ts';
import type { RunFacts } from './simulated-run.ts';

/** The real writer packs about so much at a time, each part by itself. */
const PART_CHARACTERS = 1 << 20;

/** Count, sum and variance of some lengths. */
interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly variance: number;
}

const NOTHING: Moments = { count: 0, sum: 0, variance: 0 };

/**
 * Writes a forward-pass-metrics trace of Dynamo that has each pass, packed with gzip in parts. `wall_time` goes from the end of one
 * pass to the end of the next; after a wait it begins when the scheduler has chosen the batch. Waits have a record of zeros.
 *
 * Source: ai-dynamo/dynamo, `lib/llm/src/fpm_trace/sink.rs`, `telemetry/jsonl_gz.rs`, `vllm/instrumented_scheduler.py`.
 */
export class ForwardPasses implements Pick<RunObserver, 'batch' | 'step' | 'idle'> {
  readonly #file: StagedFile;
  readonly #facts: RunFacts;
  readonly #requests: Requests;
  readonly #worker: string;
  #text: string[] = [];
  #gathered = 0;
  #counter = 0;
  #follows = false;
  #scheduled: Readonly<Record<string, number>> = {};
  #queued: Readonly<Record<string, number>> = {};

  constructor(file: StagedFile, facts: RunFacts, requests: Requests) {
    this.#file = file;
    this.#facts = facts;
    this.#requests = requests;
    this.#worker = hexId(`${facts.scenario.id} worker`, 16);
  }

  batch(batch: ScheduledBatch): void {
    const requests = batch.requests();
    const prefills = requests.filter(({ outputTokens }) => outputTokens === 0);
    const decodes = requests.filter(({ outputTokens }) => outputTokens > 0);
    const { promptTokens } = this.#requests;
    const prompts = momentsOf(prefills.map(({ request }) => promptTokens[request] as number));
    const contexts = momentsOf(decodes.map(({ computedTokens }) => computedTokens));
    this.#scheduled = {
      num_prefill_requests: prefills.length,
      sum_prefill_tokens: prefills.reduce((sum, { newTokens }) => sum + newTokens, 0),
      var_prefill_length: prompts.variance,
      sum_prefill_kv_tokens: prefills.reduce((sum, { computedTokens }) => sum + computedTokens, 0),
      num_decode_requests: contexts.count,
      sum_decode_kv_tokens: contexts.sum,
      var_decode_kv_tokens: contexts.variance,
    };
    const { fresh, preempted } = batch.waiting();
    // A preempted request has nothing in the cache.
    this.#queued = queuedMetrics(
      momentsOf(fresh.map((request) => promptTokens[request] as number)),
      momentsOf(preempted.map(() => 0)),
    );
  }

  step({ startNs, durationUs }: StepRecord, cycleNs: number): void {
    const ns = startNs - BOOT_NS + cycleNs;
    this.#add(ns, this.#follows ? cycleNs : cycleNs - durationUs * 1000, this.#scheduled, this.#queued);
    this.#follows = true;
  }

  idle({ ns }: StepClock): void {
    this.#add(ns, 0, { ...ZEROS }, queuedMetrics(NOTHING, NOTHING));
    this.#follows = false;
  }

  end(): void {
    this.#flush();
  }

  #add(ns: number, wallNs: number, scheduled: object, queued: object): void {
    const line = {
      timestamp: Math.floor(ns / 1e6),
      event: {
        schema: 'dynamo.fpm.trace.v1',
        source: { namespace: 'dynamo', component: 'backend', producer_id: this.#worker },
        capture_mode: 'full',
        observed_at_unix_ms: Math.floor(this.#facts.startUs / 1000 + ns / 1e6),
        fpm: {
          version: 1,
          worker_id: this.#worker,
          dp_rank: 0,
          counter_id: this.#counter++,
          wall_time: wallNs / 1e9,
          scheduled_requests: scheduled,
          queued_requests: queued,
        },
      },
    };
    const text = `${JSON.stringify(line)}\n`;
    this.#text.push(text);
    this.#gathered += text.length;
    if (this.#gathered >= PART_CHARACTERS) this.#flush();
  }

  #flush(): void {
    if (this.#gathered > 0) this.#file.write(gzipSync(this.#text.join('')));
    this.#text = [];
    this.#gathered = 0;
  }
}

const ZEROS = {
  num_prefill_requests: 0,
  sum_prefill_tokens: 0,
  var_prefill_length: 0,
  sum_prefill_kv_tokens: 0,
  num_decode_requests: 0,
  sum_decode_kv_tokens: 0,
  var_decode_kv_tokens: 0,
} as const;

function queuedMetrics(prefill: Moments, decode: Moments): Readonly<Record<string, number>> {
  return {
    num_prefill_requests: prefill.count,
    sum_prefill_tokens: prefill.sum,
    var_prefill_length: prefill.variance,
    num_decode_requests: decode.count,
    sum_decode_kv_tokens: decode.sum,
    var_decode_kv_tokens: decode.variance,
  };
}

function momentsOf(values: readonly number[]): Moments {
  if (values.length === 0) return NOTHING;
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { count: values.length, sum, variance: squares / values.length };
}
