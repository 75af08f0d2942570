import type { Random } from '../../numeric/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import { batchSums, type EngineObserver, type EngineStep } from '../../serving/index.ts';
import { SchedulerCall } from './noise.ts';
import { type RunObserver, ScheduledBatch, type StepClock, type StepRecord } from './observer.ts';
import { StepRecorder } from './recorder.ts';

/** Monotonic clock of the server at the start of an experiment. */
export const BOOT_NS = 19_000_000_000_000;

export interface StepLogOptions {
  /** That are served. */
  readonly requests: number;
  /** KV blocks of the engine. */
  readonly kvBlocks: number;
  /** Chance that a step is recorded, 0–1. */
  readonly sampleShare: number;
  readonly random: Random;
  /** Sees every step, recorded or not. */
  readonly observer: RunObserver | undefined;
}

/**
 * Records steps of an engine as a tracer would: some of them, with ids, on a clock of whole nanoseconds. As in vLLM, an empty step
 * tells the workers what has finished: it has an id, and no record. So no two consecutive ids have an idle gap between them, which
 * would pass for a step time.
 */
export class StepLog implements EngineObserver {
  /** Steps with work. */
  stepCount = 0;
  /** Absent where nobody wants to know: there are millions of tokens. */
  readonly token?: NonNullable<EngineObserver['token']>;
  readonly #options: StepLogOptions;
  readonly #sampling: Random;
  readonly #call: SchedulerCall;
  readonly #recorder: StepRecorder = new StepRecorder();
  readonly #preemptions: Int32Array;
  #stepId = 1;
  #isRecorded = false;
  /** What is known of a step when it begins, where somebody wants to know. */
  #begun: Omit<StepRecord, 'finishedRequests'> | undefined;

  constructor(options: StepLogOptions) {
    this.#options = options;
    this.#sampling = options.random.split('sampling');
    this.#call = new SchedulerCall(options.random.split('scheduler-call'));
    this.#preemptions = new Int32Array(options.requests);
    const { observer } = options;
    if (observer === undefined) return;
    this.token = (request, outputTokens, nowUs) => observer.token(request, outputTokens - 1, this.#clock(nowUs));
  }

  columns(): StepColumns {
    return this.#recorder.columns();
  }

  scheduled(request: number, nowUs: number): void {
    this.#options.observer?.scheduled(request, this.#clock(nowUs));
  }

  preempted(request: number, computedTokens: number, nowUs: number): void {
    this.#preemptions[request]!++;
    this.#options.observer?.preempted(request, computedTokens, this.#clock(nowUs));
  }

  stepBegins(step: EngineStep): void {
    const { observer, sampleShare, kvBlocks } = this.#options;
    const clock = this.#clock(step.startUs);
    const { prefillRequests, decodeRequests, prefillTokens, decodeTokens } = batchSums(step.batch);
    const cycleUs = (nsOf(step.endUs) - clock.ns) / 1000;
    const durationUs = this.#call.next(prefillRequests + decodeRequests, prefillRequests, cycleUs);
    this.stepCount++;
    this.#isRecorded = this.#sampling.uniform() < sampleShare;
    observer?.batch(new ScheduledBatch(step, this.#preemptions), clock, this.#isRecorded);
    this.#begun = undefined;
    if (!this.#isRecorded && observer === undefined) return;
    const startNs = BOOT_NS + clock.ns;
    const { usedBlocks } = step.batch;
    this.#begun = {
      stepId: this.#stepId,
      startNs,
      endNs: startNs + durationUs * 1000 + (this.#stepId % 1000),
      durationUs,
      runningDepth: step.running,
      waitingDepth: step.waiting().length,
      prefillRequests,
      decodeRequests,
      scheduledTokens: prefillTokens + decodeTokens,
      prefillTokens,
      decodeTokens,
      preemptedRequests: step.preempted,
      kvUsageRatio: usedBlocks / kvBlocks,
      kvBlocksTotal: kvBlocks,
      kvBlocksFree: kvBlocks - usedBlocks,
    };
  }

  stepEnds(_rank: number, finishedRequests: number, nowUs: number): void {
    if (this.#begun !== undefined) {
      const record = { ...this.#begun, finishedRequests };
      if (this.#isRecorded) this.#recorder.add(record);
      this.#options.observer?.step(record, BOOT_NS + nsOf(nowUs) - record.startNs, this.#isRecorded);
    }
    this.#stepId++;
  }

  idle(nowUs: number, untilUs: number): void {
    this.#options.observer?.idle(this.#clock(nowUs), nsOf(untilUs));
    this.#stepId++;
  }

  #clock(nowUs: number): StepClock {
    return { stepId: this.#stepId, ns: nsOf(nowUs) };
  }
}

/** The simulation adds up times in µs, which rounds where they are long; its clock has whole nanoseconds. */
function nsOf(us: number): number {
  return Math.round(us * 1000);
}
