import type { RunObserver, StepClock } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { BOOT_NS } from '../step-log.ts';
import { doubleAttribute, event, intAttribute, type OtlpText, textAttribute } from './otlp-text.ts';
import { unixNano } from './units.ts';

/** What a journey event says besides what all of them say. */
interface Moment {
  readonly kind: 'QUEUED' | 'SCHEDULED' | 'FIRST_TOKEN' | 'PREEMPTED' | 'FINISHED';
  readonly stepId: number;
  readonly ns: number;
  readonly prefillDone: number;
  readonly decodeDone: number;
  readonly preemptions: number;
  readonly also?: OtlpText;
}

/** A request on its way through the engine. */
interface Journey {
  readonly moments: Moment[];
  /** Most prompt tokens that it had in the cache by its own computing. */
  prefillDone: number;
  decodeDone: number;
  preemptions: number;
  firstTokenNs: number;
}

/** A request that has finished. */
export interface FinishedJourney {
  readonly request: number;
  readonly events: readonly OtlpText[];
  /** From the start of the simulation. */
  readonly firstTokenNs: number;
  readonly lastTokenNs: number;
}

/**
 * Follows each request through the engine and gives its `journey.*` events when it has finished.
 *
 * Source: inference-sim/vllm, `vllm/v1/core/sched/scheduler.py` (`_emit_journey_event`, `_compute_progress_snapshot`).
 */
export class Journeys implements Pick<RunObserver, 'scheduled' | 'preempted' | 'token' | 'batch' | 'idle'> {
  readonly #requests: Requests;
  readonly #startUs: number;
  readonly #finished: (journey: FinishedJourney) => void;
  readonly #open: Map<number, Journey> = new Map();
  /** The step that ran when a request was queued. */
  readonly #queuedIn: Int32Array;
  #queued = 0;

  /** @param startUs wall clock at the start of the run, µs since 1970. */
  constructor(requests: Requests, startUs: number, finished: (journey: FinishedJourney) => void) {
    this.#requests = requests;
    this.#startUs = startUs;
    this.#finished = finished;
    this.#queuedIn = new Int32Array(requests.count);
  }

  scheduled(request: number, clock: StepClock): void {
    const known = this.#open.get(request);
    const journey = known ?? { moments: [], prefillDone: 0, decodeDone: 0, preemptions: 0, firstTokenNs: 0 };
    if (known === undefined) this.#open.set(request, journey);
    this.#add(journey, 'SCHEDULED', clock, textAttribute('schedule.kind', known === undefined ? 'FIRST' : 'RESUME'));
  }

  preempted(request: number, computedTokens: number, clock: StepClock): void {
    const journey = this.#open.get(request) as Journey;
    const prompt = this.#requests.promptTokens[request] as number;
    journey.prefillDone = Math.max(journey.prefillDone, Math.min(computedTokens, prompt));
    journey.preemptions++;
    this.#add(journey, 'PREEMPTED', clock);
  }

  token(request: number, token: number, clock: StepClock): void {
    const journey = this.#open.get(request) as Journey;
    journey.decodeDone = token + 1;
    if (token === 0) {
      journey.prefillDone = this.#requests.promptTokens[request] as number;
      journey.firstTokenNs = clock.ns;
      this.#add(journey, 'FIRST_TOKEN', clock);
    }
    if (token + 1 < (this.#requests.outputTokens[request] as number)) return;
    // Outputs have the length that was asked for.
    this.#add(journey, 'FINISHED', clock, textAttribute('finish.status', 'length'));
    this.#open.delete(request);
    this.#finished({
      request,
      events: this.#events(request, journey),
      firstTokenNs: journey.firstTokenNs,
      lastTokenNs: clock.ns,
    });
  }

  batch(_: unknown, { stepId, ns }: StepClock): void {
    this.#noteQueued(stepId - 1, ns);
  }

  idle({ stepId }: StepClock, untilNs: number): void {
    this.#noteQueued(stepId, untilNs);
  }

  /** Who came up to a time was queued in a step. */
  #noteQueued(stepId: number, ns: number): void {
    const { arrivalUs, count } = this.#requests;
    while (this.#queued < count && (arrivalUs[this.#queued] as number) * 1000 <= ns) {
      this.#queuedIn[this.#queued++] = stepId;
    }
  }

  #add(journey: Journey, kind: Moment['kind'], { stepId, ns }: StepClock, also?: OtlpText): void {
    const { prefillDone, decodeDone, preemptions } = journey;
    journey.moments.push({ kind, stepId, ns, prefillDone, decodeDone, preemptions, ...(also && { also }) });
  }

  #events(request: number, { moments }: Journey): readonly OtlpText[] {
    const queued: Moment = {
      kind: 'QUEUED',
      stepId: this.#queuedIn[request] as number,
      ns: (this.#requests.arrivalUs[request] as number) * 1000,
      prefillDone: 0,
      decodeDone: 0,
      preemptions: 0,
    };
    return [queued, ...moments].map((moment) => this.#event(request, moment));
  }

  #event(request: number, moment: Moment): OtlpText {
    const { kind, stepId, ns, prefillDone, decodeDone, preemptions, also } = moment;
    const phase = kind === 'QUEUED' ? 'WAITING' : decodeDone === 0 ? 'PREFILL' : 'DECODE';
    return event(`journey.${kind}`, unixNano(this.#startUs, ns), [
      textAttribute('event.type', kind),
      doubleAttribute('ts.monotonic', (BOOT_NS + ns) / 1e9),
      intAttribute('ts.monotonic_ns', BOOT_NS + ns),
      intAttribute('scheduler.step', stepId),
      textAttribute('phase', phase),
      intAttribute('prefill.done_tokens', prefillDone),
      intAttribute('prefill.total_tokens', this.#requests.promptTokens[request] as number),
      intAttribute('decode.done_tokens', decodeDone),
      intAttribute('decode.max_tokens', this.#requests.outputTokens[request] as number),
      intAttribute('num_preemptions', preemptions),
      ...(also === undefined ? [] : [also]),
    ]);
  }
}
