import { type BatchState, STATE_COLUMN_NAMES, type StateColumn } from '../../../physics/index.ts';
import type { RunObserver, ScheduledBatch, StepClock } from '../observer.ts';
import type { Requests } from '../requests.ts';

/** Collects the exact state of the batch of each recorded step. */
export class BatchStates implements Pick<RunObserver, 'batch'> {
  readonly #requests: Requests;
  readonly #offsets: number[] = [0];
  readonly #columns: Record<StateColumn, number[]> = {
    computedTokens: [],
    newTokens: [],
    promptTokens: [],
    outputTokens: [],
    preemptions: [],
  };

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  batch(batch: ScheduledBatch, _: StepClock, isRecorded: boolean): void {
    if (!isRecorded) return;
    for (const { request, computedTokens, newTokens, outputTokens, preemptions } of batch.requests()) {
      const columns = this.#columns;
      columns.computedTokens.push(computedTokens);
      columns.newTokens.push(newTokens);
      columns.promptTokens.push(this.#requests.promptTokens[request]!);
      columns.outputTokens.push(outputTokens);
      columns.preemptions.push(preemptions);
    }
    this.#offsets.push(this.#columns.newTokens.length);
  }

  state(): BatchState {
    const columns = STATE_COLUMN_NAMES.map((name) => [name, Int32Array.from(this.#columns[name])] as const);
    return Object.freeze({ ...Object.fromEntries(columns), offsets: Float64Array.from(this.#offsets) }) as BatchState;
  }
}
