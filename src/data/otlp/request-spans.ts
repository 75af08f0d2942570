import { type Outcome, type RequestColumns, type RequestRecord, requestColumns } from '../requests.ts';
import type { Attributes } from './attributes.ts';
import type { SpanFacts } from './trace-reader.ts';
import { wordNumber } from './vocabulary.ts';

const US = 1e6;

const MONOTONIC_NS = wordNumber('ts.monotonic_ns');
const MONOTONIC = wordNumber('ts.monotonic');
const API_MONOTONIC = wordNumber('event.ts.monotonic');
const PROMPT = wordNumber('prefill.total_tokens');
const OUTPUT = wordNumber('decode.done_tokens');
const PREEMPTIONS = wordNumber('num_preemptions');
const STATUS = wordNumber('finish.status');
const REQUEST_ID = wordNumber('gen_ai.request.id');
const MODEL = wordNumber('gen_ai.response.model');
const USED_PROMPT = wordNumber('gen_ai.usage.prompt_tokens');
const USED_OUTPUT = wordNumber('gen_ai.usage.completion_tokens');
const E2E = wordNumber('gen_ai.latency.e2e');
const TTFT = wordNumber('gen_ai.latency.time_to_first_token');
const IN_QUEUE = wordNumber('gen_ai.latency.time_in_queue');
const IN_PREFILL = wordNumber('gen_ai.latency.time_in_model_prefill');
const IN_DECODE = wordNumber('gen_ai.latency.time_in_model_decode');

/** How the engine says that a request ended. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  length: 'ok',
  stopped: 'ok',
  aborted: 'cancelled',
  ignored: 'failed',
  error: 'failed',
};

/** What the events of one span say, by part: of the engine (`journey.*`) or of the API server (`api.*`). */
type Draft = { -readonly [K in Exclude<keyof RequestRecord, 'tokenUs'>]?: RequestRecord[K] | undefined };

/** What each event adds to the draft of its span; the first of a kind counts, but for the end. */
const EVENTS: ReadonlyMap<number, (draft: Draft, attributes: Attributes) => void> = new Map([
  [
    wordNumber('journey.QUEUED'),
    (draft: Draft, attributes: Attributes) => {
      draft.queuedUs ??= engineTime(attributes);
      draft.promptTokens ??= known(attributes.number(PROMPT));
    },
  ],
  [
    wordNumber('journey.SCHEDULED'),
    (draft, attributes) => {
      draft.scheduledUs ??= engineTime(attributes);
      draft.promptTokens ??= known(attributes.number(PROMPT));
    },
  ],
  [
    wordNumber('journey.FIRST_TOKEN'),
    (draft, attributes) => {
      draft.firstTokenUs ??= engineTime(attributes);
    },
  ],
  [
    wordNumber('journey.PREEMPTED'),
    (draft) => {
      draft.preemptions = (draft.preemptions ?? 0) + 1;
    },
  ],
  [
    wordNumber('journey.FINISHED'),
    (draft, attributes) => {
      draft.lastTokenUs = engineTime(attributes);
      draft.outputTokens = known(attributes.number(OUTPUT));
      draft.preemptions = Math.max(draft.preemptions ?? 0, known(attributes.number(PREEMPTIONS)) ?? 0);
      draft.outcome = OUTCOMES[attributes.text(STATUS) ?? 'length'] ?? 'ok';
    },
  ],
  [
    wordNumber('api.ARRIVED'),
    (draft, attributes) => {
      draft.arrivalUs ??= apiTime(attributes);
    },
  ],
  [
    wordNumber('api.DEPARTED'),
    (draft, attributes) => {
      draft.departedUs = apiTime(attributes);
      draft.outcome ??= 'ok';
    },
  ],
  [
    wordNumber('api.ABORTED'),
    (draft, attributes) => {
      draft.departedUs ??= apiTime(attributes);
      draft.outcome = 'cancelled';
    },
  ],
]);

/** What a trace says of requests. */
export interface ReadRequests {
  readonly requests?: RequestColumns;
  /** The model that answered, where spans name it. */
  readonly model?: string;
  readonly notes: readonly string[];
}

/**
 * Collects requests from their spans: `llm_core` of the engine, `llm_request` of the API server with events of its own, and vLLM's
 * own `llm_request`, which has latencies as attributes and starts on the wall clock.
 */
export class RequestSpans {
  #draft: Draft | undefined;
  /** By id; a span that was exported twice counts once. Spans without an id stand under numbers. */
  readonly #core: Map<string | number, Draft> = new Map();
  readonly #api: Map<string | number, Draft> = new Map();
  readonly #wall: Map<string | number, Draft> = new Map();
  #model: string | undefined;

  event(name: number, attributes: Attributes): void {
    const take = EVENTS.get(name);
    if (take === undefined) return;
    this.#draft ??= {};
    take(this.#draft, attributes);
  }

  endSpan({ attributes, startNs }: SpanFacts): void {
    const draft = this.#draft;
    this.#draft = undefined;
    this.#model ??= attributes.text(MODEL);
    if (draft === undefined) {
      if (attributes.has(E2E) && Number.isFinite(startNs))
        add(this.#wall, idOf(attributes), wallRecord(attributes, startNs));
      return;
    }
    const isCore = draft.queuedUs !== undefined || draft.scheduledUs !== undefined || draft.lastTokenUs !== undefined;
    if (!isCore) {
      draft.promptTokens = known(attributes.number(USED_PROMPT));
      draft.outputTokens = known(attributes.number(USED_OUTPUT));
    }
    add(isCore ? this.#core : this.#api, idOf(attributes), draft);
  }

  read(): ReadRequests {
    const model = this.#model === undefined ? {} : { model: this.#model };
    const joined = this.#joined();
    if (joined.length > 0) {
      const notes = this.#wall.size > 0 ? [`${this.#wall.size} request spans are on another clock: left out`] : [];
      return { requests: requestColumns(joined, 'steps'), ...model, notes };
    }
    if (this.#wall.size === 0) return { ...model, notes: [] };
    return { requests: requestColumns([...this.#wall.values()].map(recordOf)), ...model, notes: [] };
  }

  /** Requests of the engine with what the API server says of them, then those that the engine never had. */
  #joined(): readonly RequestRecord[] {
    const met = new Set<string | number>();
    const records = [...this.#core].map(([id, core]): RequestRecord => {
      const apiId = this.#api.has(id) ? id : withoutSuffix(id);
      const api = this.#api.get(apiId);
      if (api === undefined) return recordOf({ ...core, arrivalUs: core.queuedUs });
      met.add(apiId);
      return recordOf({
        ...core,
        outcome: core.outcome ?? api.outcome,
        arrivalUs: api.arrivalUs ?? core.queuedUs,
        departedUs: api.departedUs,
        promptTokens: core.promptTokens ?? api.promptTokens,
        outputTokens: core.outputTokens ?? api.outputTokens,
      });
    });
    return [...records, ...[...this.#api].filter(([id]) => !met.has(id)).map(([, draft]) => recordOf(draft))];
  }
}

function recordOf(draft: Draft): RequestRecord {
  return { ...draft, outcome: draft.outcome ?? 'incomplete' };
}

function add(drafts: Map<string | number, Draft>, id: string | undefined, draft: Draft): void {
  const key = id ?? drafts.size;
  if (!drafts.has(key)) drafts.set(key, draft);
}

function idOf(attributes: Attributes): string | undefined {
  return attributes.text(REQUEST_ID);
}

/** The engine adds to a request's id which prompt of the request it is, and a random part: `-0-1a2b3c4d`. */
function withoutSuffix(id: string | number): string | number {
  return typeof id === 'string' ? id.replace(/-\d+(?:-[0-9a-f]+)?$/, '') : id;
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function engineTime(attributes: Attributes): number | undefined {
  const ns = attributes.number(MONOTONIC_NS);
  return known(Number.isFinite(ns) ? ns / 1000 : attributes.number(MONOTONIC) * US);
}

function apiTime(attributes: Attributes): number | undefined {
  return known(attributes.number(API_MONOTONIC) * US) ?? engineTime(attributes);
}

/** Times of the engine are counted back from the first token: its clock is another, but durations hold on both. */
function wallRecord(attributes: Attributes, startNs: number): Draft {
  const arrivalUs = startNs / 1000;
  const us = (word: number): number => attributes.number(word) * US;
  const firstTokenUs = arrivalUs + us(TTFT);
  const scheduledUs = firstTokenUs - us(IN_PREFILL);
  return {
    arrivalUs,
    queuedUs: known(scheduledUs - us(IN_QUEUE)),
    scheduledUs: known(scheduledUs),
    firstTokenUs: known(firstTokenUs),
    lastTokenUs: known(firstTokenUs + us(IN_DECODE)),
    departedUs: known(arrivalUs + us(E2E)),
    promptTokens: known(attributes.number(USED_PROMPT)),
    outputTokens: known(attributes.number(USED_OUTPUT)),
    outcome: 'ok',
  };
}
