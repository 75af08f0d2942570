import { type Batch, batchSums } from './batch.ts';
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

/** Collects the rows of a schedule. */
export class ScheduleRecorder {
  readonly #columns: { readonly [C in ScheduleColumn]: number[] } = {
    startUs: [],
    rank: [],
    steps: [],
    stepUs: [],
    ownUs: [],
    prefillRequests: [],
    prefillTokens: [],
    decodeRequests: [],
    decodeTokens: [],
    contextTokens: [],
    waitingRequests: [],
    preemptedRequests: [],
    usedBlocks: [],
  };

  get length(): number {
    return this.#columns.startUs.length;
  }

  add(
    scheduler: Scheduler,
    timing: Pick<Record<ScheduleColumn, number>, 'startUs' | 'rank' | 'steps' | 'stepUs' | 'ownUs'>,
  ): void {
    const { batch, waiting, preempted } = scheduler;
    const columns = this.#columns;
    for (const [name, value] of Object.entries({ ...timing, ...batchSums(batch) }))
      columns[name as ScheduleColumn].push(value);
    columns.contextTokens.push(contextTokens(batch));
    columns.waitingRequests.push(waiting);
    columns.preemptedRequests.push(preempted);
    columns.usedBlocks.push(batch.usedBlocks);
  }

  rows(): ScheduleRows {
    return Object.freeze(
      Object.fromEntries(SCHEDULE_COLUMNS.map((name) => [name, Float64Array.from(this.#columns[name])])),
    ) as ScheduleRows;
  }
}

function contextTokens({ count, computedTokens }: Batch): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += computedTokens[at]!;
  return sum;
}
