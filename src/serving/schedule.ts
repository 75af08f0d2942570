import { batchSums } from './batch.ts';
import type { Scheduler } from './scheduler.ts';

/** The columns of a schedule: one row for each step of a rank, or for several equal ones in a row. */
export const SCHEDULE_COLUMNS = [
  'startUs',
  'rank',
  'steps',
  'stepUs',
  'ownUs',
  'prefillRequests',
  'prefillTokens',
  'decodeRequests',
  'decodeTokens',
  'contextTokens',
  'waitingRequests',
  'preemptedRequests',
  'usedBlocks',
] as const;

type ScheduleColumn = (typeof SCHEDULE_COLUMNS)[number];

/**
 * What an engine did. `stepUs` is the time of one step, so a row spans `steps` × `stepUs` µs from `startUs`; `ownUs` is what the
 * batch of the rank alone would take, less where another rank in lock-step takes longer. Sums are over the
 * requests of the batch, `contextTokens` those in the cache before the step; of equal steps it is the mean.
 */
export type ScheduleRows = { readonly [C in ScheduleColumn]: Float64Array };

type Timing = Pick<Record<ScheduleColumn, number>, 'startUs' | 'rank' | 'steps' | 'stepUs' | 'ownUs'>;

const FIRST_CAPACITY = 1024;

/** Collects the rows of a schedule. */
export class ScheduleRecorder {
  #columns: ScheduleRows = columnsOf(() => new Float64Array(FIRST_CAPACITY));
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add({ batch, waiting, preempted }: Scheduler, { startUs, rank, steps, stepUs, ownUs }: Timing): void {
    if (this.#length === this.#columns.startUs.length) this.#grow();
    const row = this.#length++;
    const columns = this.#columns;
    const sums = batchSums(batch);
    columns.startUs[row] = startUs;
    columns.rank[row] = rank;
    columns.steps[row] = steps;
    columns.stepUs[row] = stepUs;
    columns.ownUs[row] = ownUs;
    columns.prefillRequests[row] = sums.prefillRequests;
    columns.prefillTokens[row] = sums.prefillTokens;
    columns.decodeRequests[row] = sums.decodeRequests;
    columns.decodeTokens[row] = sums.decodeTokens;
    columns.contextTokens[row] = sums.contextTokens;
    columns.waitingRequests[row] = waiting;
    columns.preemptedRequests[row] = preempted;
    columns.usedBlocks[row] = batch.usedBlocks;
  }

  rows(): ScheduleRows {
    return Object.freeze(columnsOf((name) => this.#columns[name].slice(0, this.#length)));
  }

  #grow(): void {
    const full = this.#columns;
    this.#columns = columnsOf((name) => {
      const wider = new Float64Array(2 * this.#length);
      wider.set(full[name]);
      return wider;
    });
  }
}

function columnsOf(column: (name: ScheduleColumn) => Float64Array): ScheduleRows {
  return Object.fromEntries(SCHEDULE_COLUMNS.map((name) => [name, column(name)])) as ScheduleRows;
}
