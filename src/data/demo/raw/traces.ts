import type { StagedFile } from '../../../base/index.ts';
import type { RequestState, RunObserver, ScheduledBatch, StepClock, StepRecord } from '../observer.ts';
import type { Requests } from '../requests.ts';
import { BOOT_NS } from '../step-log.ts';
import { hexId, requestIds } from './ids.ts';
import { Journeys } from './journeys.ts';
import {
  EXPORT_CLOSES,
  EXPORT_OPENS,
  INTERNAL,
  intAttribute,
  type OtlpText,
  SPAN_CLOSES,
  spanOpens,
} from './otlp-text.ts';
import { unixNano } from './units.ts';
import { requestSpans } from './request-spans.ts';
import type { RunFacts } from './simulated-run.ts';
import { batchSummary, requestSnapshot } from './step-span.ts';

/** A span of steps is closed and exported after so many. */
const SPAN_STEPS = 100;

/**
 * Writes `traces.json` as a collector does, one export a line: spans of a hundred steps with their recorded events, and two spans
 * for each request that finished meanwhile.
 */
export class Traces implements RunObserver {
  readonly #file: StagedFile;
  readonly #facts: RunFacts;
  readonly #requests: Requests;
  readonly #journeys: Journeys;
  readonly #engineIds: Map<number, string> = new Map();
  /** Spans of requests since the last export. */
  #core: OtlpText[] = [];
  #api: OtlpText[] = [];
  /** Events of steps since then. */
  #events: OtlpText[] = [];
  #batch: readonly RequestState[] = [];
  #spans = 0;
  #spanFirst = 1;
  #spanStartNs = 0;
  #lastStepNs = 0;
  #lastStep = 0;

  constructor(file: StagedFile, facts: RunFacts, requests: Requests) {
    this.#file = file;
    this.#facts = facts;
    this.#requests = requests;
    this.#journeys = new Journeys(requests, facts.startUs, (journey) => {
      const { core, api } = requestSpans(facts, requests, journey);
      this.#core.push(core);
      this.#api.push(api);
      this.#engineIds.delete(journey.request);
    });
  }

  scheduled(request: number, clock: StepClock): void {
    this.#journeys.scheduled(request, clock);
  }

  preempted(request: number, computedTokens: number, clock: StepClock): void {
    this.#journeys.preempted(request, computedTokens, clock);
  }

  token(request: number, token: number, clock: StepClock): void {
    this.#journeys.token(request, token, clock);
  }

  batch(batch: ScheduledBatch, clock: StepClock, isRecorded: boolean): void {
    this.#journeys.batch(batch, clock);
    if (!isRecorded) return;
    this.#batch = batch.requests();
  }

  step(record: StepRecord, cycleNs: number, isRecorded: boolean): void {
    if (isRecorded) {
      const at = this.#unix(record.endNs - BOOT_NS);
      this.#events.push(batchSummary(record, at));
      for (const snapshot of this.#batch) {
        const id = this.#engineIdOf(snapshot.request);
        this.#events.push(requestSnapshot(record.stepId, id, snapshot, this.#requests, at));
      }
    }
    this.#reached(record.stepId, record.startNs - BOOT_NS + cycleNs);
  }

  idle(clock: StepClock, untilNs: number): void {
    this.#journeys.idle(clock, untilNs);
    this.#reached(clock.stepId, untilNs);
  }

  /** Exports what is left. */
  end(): void {
    if (this.#lastStep >= this.#spanFirst) this.#export();
  }

  #reached(stepId: number, ns: number): void {
    this.#lastStep = stepId;
    this.#lastStepNs = ns;
    if (stepId - this.#spanFirst + 1 >= SPAN_STEPS) this.#export();
  }

  #export(): void {
    this.#spans++;
    const name = `scheduler_steps_${this.#spans}`;
    const head = spanOpens({
      traceId: hexId(`${this.#facts.scenario.id} ${name} trace`, 32),
      spanId: hexId(`${this.#facts.scenario.id} ${name}`, 16),
      name,
      kind: INTERNAL,
      startUnixNs: this.#unix(this.#spanStartNs),
      endUnixNs: this.#unix(this.#lastStepNs),
      attributes: [
        intAttribute('scheduler.span_sequence', this.#spans),
        intAttribute('scheduler.step_range_start', this.#spanFirst),
        intAttribute('scheduler.closure_interval', SPAN_STEPS),
        intAttribute('scheduler.step_range_end', this.#lastStep),
      ],
    });
    this.#file.write(`${EXPORT_OPENS}{"scope":{"name":"vllm.scheduler.step"},"spans":[${head}`);
    this.#events.forEach((each, at) => this.#file.write(at === 0 ? each : `,${each}`));
    this.#file.write(`${SPAN_CLOSES}]}`);
    this.#writeScope('vllm.scheduler', this.#core);
    this.#writeScope('vllm.api', this.#api);
    this.#file.write(EXPORT_CLOSES);
    this.#events = [];
    this.#core = [];
    this.#api = [];
    this.#spanFirst = this.#lastStep + 1;
    this.#spanStartNs = this.#lastStepNs;
  }

  #writeScope(name: string, spans: readonly OtlpText[]): void {
    if (spans.length > 0) this.#file.write(`,{"scope":{"name":"${name}"},"spans":[${spans.join(',')}]}`);
  }

  #engineIdOf(request: number): string {
    const known = this.#engineIds.get(request);
    if (known !== undefined) return known;
    const id = requestIds(this.#facts.scenario.id, request).engine;
    this.#engineIds.set(request, id);
    return id;
  }

  #unix(ns: number): string {
    return unixNano(this.#facts.startUs, ns);
  }
}
