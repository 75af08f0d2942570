import type { StepColumn } from '../../physics/index.ts';
import type { EngineStep } from '../../serving/index.ts';

/** A step record, one number for each column. */
export type StepRecord = Readonly<Record<StepColumn, number>>;

/** When something happens in a simulation. */
export interface StepClock {
  /** Id of the step: of the one that is being scheduled, or that ends. */
  readonly stepId: number;
  /** Time from the start of the simulation, whole ns. */
  readonly ns: number;
}

/** What a request of a batch has when the step is scheduled; tokens. */
export interface RequestState {
  readonly request: number;
  /** In the KV cache before the step. */
  readonly computedTokens: number;
  /** Computed in the step. */
  readonly newTokens: number;
  /** Generated before the step. */
  readonly outputTokens: number;
  /** How often it was preempted. */
  readonly preemptions: number;
}

/** Sees a simulation as it runs; whatever it does, the simulation stays the same. Requests go by their number in order of arrival. */
export interface RunObserver {
  /** It is taken from the waiting queue, for the first time or after a preemption. */
  scheduled(request: number, clock: StepClock): void;
  /** It waits again; `computedTokens` of it were in the KV cache. */
  preempted(request: number, computedTokens: number, clock: StepClock): void;
  /** Its output token of that number, from 0, came out; with the last one the request has left. */
  token(request: number, token: number, clock: StepClock): void;
  /** A step was scheduled. */
  batch(batch: ScheduledBatch, clock: StepClock, isRecorded: boolean): void;
  /** It ended. `cycleNs` is the time to the start of the next one, if there is work for it. */
  step(record: StepRecord, cycleNs: number, isRecorded: boolean): void;
  /** A step with nothing to do: the engine waits for a request until `untilNs` after the start of the simulation. */
  idle(clock: StepClock, untilNs: number): void;
}

/** What a step was scheduled to do, and what it leaves waiting; to be read before the step ends. */
export class ScheduledBatch {
  readonly #step: EngineStep;
  readonly #preemptions: Int32Array;

  /** @param preemptions how often each request was preempted. */
  constructor(step: EngineStep, preemptions: Int32Array) {
    this.#step = step;
    this.#preemptions = preemptions;
  }

  /** Its requests, in the order in which they were scheduled. */
  requests(): readonly RequestState[] {
    const { count, request, computedTokens, newTokens, outputTokens } = this.#step.batch;
    return Array.from({ length: count }, (_, at) => ({
      request: request[at]!,
      computedTokens: computedTokens[at]!,
      newTokens: newTokens[at]!,
      outputTokens: outputTokens[at]!,
      preemptions: this.#preemptions[request[at]!]!,
    }));
  }

  /** Requests that have arrived and wait: those that were preempted, and those that were never scheduled. */
  waiting(): { readonly preempted: readonly number[]; readonly fresh: readonly number[] } {
    const all = this.#step.waiting();
    const wasPreempted = (request: number): boolean => this.#preemptions[request]! > 0;
    return { preempted: all.filter(wasPreempted), fresh: all.filter((request) => !wasPreempted(request)) };
  }
}
