import type { RequestRows } from '../physics/index.ts';
import type { StepTime } from './batch.ts';
import { BatchRecorder } from './batch-recorder.ts';
import { Arrivals, type Load } from './load.ts';
import type { EngineObserver } from './observer.ts';
import { pathsFrom, type RequestPaths } from './request-paths.ts';
import type { ServingRequests } from './requests.ts';
import { type ScheduleRows, ScheduleRecorder } from './schedule.ts';
import { type Progress, Scheduler, type SchedulingObserver } from './scheduler.ts';
import type { EngineSettings } from './settings.ts';

/** What came of a load. */
export interface Served {
  readonly rows: ScheduleRows;
  readonly requests: RequestPaths;
  /** The requests of each row; of equal steps with their mean context. Only where they were asked for. */
  readonly batches?: RequestRows;
}

export interface ServeOptions {
  readonly load?: Load;
  /** Equal steps in a row that are timed as one at most: at their mean context, exact for times linear in it. 1: each by itself. */
  readonly equalSteps?: number;
  /** Whether to keep the requests of each row, which are many times as many; by default they are not. */
  readonly keepBatches?: boolean;
  /** Sees what happens. */
  readonly observer?: EngineObserver;
}

interface Rank {
  readonly id: number;
  readonly scheduler: Scheduler;
  /** Arrived, and not yet seen by the scheduler. */
  inbox: number[];
  /** When the running step ends; infinity where none runs. */
  endUs: number;
  /** When the last step began that was running or has just ended. */
  lastStartUs: number;
  steps: number;
  /** Of the schedule. */
  row: number;
}

/**
 * Serves requests until the last is done: a discrete-event model of a vLLM engine in which a step takes as long as a given model
 * says. The same input gives the same output, to the bit.
 *
 * @throws RangeError where a step time is not a positive number.
 */
export function serve(
  requests: ServingRequests,
  settings: EngineSettings,
  stepTime: StepTime,
  options: ServeOptions = {},
): Served {
  return new Engine(requests, settings, stepTime, options).run();
}

class Engine {
  readonly #settings: EngineSettings;
  readonly #stepTime: StepTime;
  readonly #equalSteps: number;
  readonly #observer: EngineObserver | undefined;
  readonly #arrivals: Arrivals;
  readonly #ranks: readonly Rank[];
  readonly #progress: Progress;
  readonly #recorder = new ScheduleRecorder();
  readonly #batches: BatchRecorder | undefined;
  readonly #paths: RequestPaths;
  #nowUs = 0;

  constructor(requests: ServingRequests, settings: EngineSettings, stepTime: StepTime, options: ServeOptions) {
    const count = requests.arrivalUs.length;
    const arrivalUs = requests.arrivalUs.slice();
    const load = options.load ?? { kind: 'open' };
    this.#settings = settings;
    this.#stepTime = stepTime;
    this.#observer = options.observer;
    this.#batches = options.keepBatches === true ? new BatchRecorder() : undefined;
    // Where the answer of one rank sends a request to another, no rank may run ahead.
    const isAlone = load.kind === 'open' || settings.dataParallel === 1;
    this.#equalSteps = isAlone ? (options.equalSteps ?? 1) : 1;
    this.#arrivals = new Arrivals(arrivalUs, load);
    this.#progress = {
      computed: new Float64Array(count),
      generated: new Float64Array(count),
      preemptions: new Float64Array(count),
    };
    const observer = options.observer && this.#onScheduling(options.observer);
    this.#ranks = Array.from({ length: settings.dataParallel }, (_, id) => ({
      id,
      scheduler: new Scheduler(requests, settings, this.#progress, observer),
      inbox: [],
      endUs: Number.POSITIVE_INFINITY,
      lastStartUs: Number.NEGATIVE_INFINITY,
      steps: 0,
      row: -1,
    }));
    this.#paths = pathsFrom(arrivalUs, this.#progress);
  }

  run(): Served {
    for (;;) {
      let endUs = Number.POSITIVE_INFINITY;
      for (const rank of this.#ranks) endUs = Math.min(endUs, rank.endUs);
      const nextUs = Math.min(endUs, this.#arrivals.nextUs);
      if (nextUs === Number.POSITIVE_INFINITY) break;
      if (endUs === Number.POSITIVE_INFINITY && nextUs > this.#nowUs) this.#observer?.idle?.(this.#nowUs, nextUs);
      this.#nowUs = nextUs;
      for (const rank of this.#ranks) if (rank.endUs === nextUs) this.#complete(rank);
      while (this.#arrivals.nextUs <= nextUs) this.#route(this.#arrivals.take());
      this.#start();
    }
    return {
      rows: this.#recorder.rows(),
      requests: Object.freeze(this.#paths),
      ...(this.#batches && { batches: this.#batches.rows() }),
    };
  }

  #onScheduling(observer: EngineObserver): SchedulingObserver {
    return {
      scheduled: (request) => observer.scheduled?.(request, this.#nowUs),
      preempted: (request, computedTokens) => observer.preempted?.(request, computedTokens, this.#nowUs),
    };
  }

  /** To the rank with the least to do, waiting requests counting four times, as vLLM's balancer has it. */
  #route(request: number): void {
    const burden = ({ scheduler, inbox }: Rank): number => 4 * (scheduler.waiting + inbox.length) + scheduler.running;
    const rank = this.#ranks.reduce((best, other) => (burden(other) < burden(best) ? other : best));
    rank.inbox.push(request);
    this.#paths.rank[request] = rank.id;
  }

  #complete(rank: Rank): void {
    const { firstTokenRow, firstTokenUs, lastTokenRow, lastTokenUs, outputTokens } = this.#paths;
    const { row } = rank;
    const nowUs = this.#nowUs;
    const observer = this.#observer;
    const seesTokens = observer?.token !== undefined;
    let finished = 0;
    rank.endUs = Number.POSITIVE_INFINITY;
    rank.scheduler.complete(rank.steps, (request, isDone) => {
      if (firstTokenRow[request]! < 0) {
        firstTokenRow[request] = row;
        firstTokenUs[request] = nowUs;
      }
      if (seesTokens) observer.token?.(request, outputTokens[request]!, nowUs);
      if (!isDone) return;
      finished++;
      lastTokenRow[request] = row;
      lastTokenUs[request] = nowUs;
      this.#arrivals.onAnswer(nowUs);
    });
    observer?.stepEnds?.(rank.id, finished, nowUs);
  }

  /** Starts a step wherever none runs. */
  #start(): void {
    const { lockStep } = this.#settings;
    const isIdle = ({ endUs }: Rank): boolean => endUs === Number.POSITIVE_INFINITY;
    if (lockStep && !this.#ranks.every(isIdle)) return;
    const ready = this.#ranks.filter((rank) => isIdle(rank) && this.#schedule(rank));
    if (!lockStep) for (const rank of ready) this.#run([rank]);
    else if (ready.length > 0) this.#run(ready);
  }

  /** Makes the next batch of a rank; false where there is nothing to do. */
  #schedule(rank: Rank): boolean {
    const { scheduler } = rank;
    const isBusy = this.#settings.asyncScheduling && scheduler.running > 0;
    const seenUs = isBusy ? rank.lastStartUs : this.#nowUs;
    this.#admit(rank, seenUs);
    scheduler.schedule();
    // Nothing was ahead: what has ended by now makes room, and what has come is seen.
    if (scheduler.batch.count === 0 && (rank.inbox.length > 0 || scheduler.waiting > 0)) {
      this.#admit(rank, this.#nowUs);
      scheduler.schedule();
    }
    return scheduler.batch.count > 0;
  }

  #admit(rank: Rank, untilUs: number): void {
    if (rank.inbox.length === 0) return;
    const { arrivalUs } = this.#paths;
    const seen = rank.inbox.filter((request) => arrivalUs[request]! <= untilUs);
    if (seen.length === 0) return;
    rank.inbox = rank.inbox.slice(seen.length);
    for (const request of seen) {
      if (rank.scheduler.add(request)) continue;
      this.#paths.rank[request] = -1;
      this.#arrivals.onAnswer(this.#nowUs);
    }
  }

  /** Runs the batches of some ranks side by side; each step takes as long as the longest of them. */
  #run(ranks: readonly Rank[]): void {
    const firstUs = this.#timesOf(ranks);
    const longestUs = Math.max(...firstUs);
    let steps = this.#equalSteps;
    for (const rank of ranks) if (steps > 1) steps = Math.min(steps, this.#equalStepsOf(rank, longestUs));
    if (steps > 1) for (const { scheduler } of ranks) scheduler.batch.shiftContext((steps - 1) / 2);
    const timesUs = steps > 1 ? this.#timesOf(ranks) : firstUs;
    const stepUs = Math.max(...timesUs);
    ranks.forEach((rank, at) => this.#begin(rank, steps, stepUs, timesUs[at]!));
  }

  #timesOf(ranks: readonly Rank[]): readonly number[] {
    return ranks.map(({ scheduler }) => {
      const us = this.#stepTime(scheduler.batch);
      if (us > 0 && Number.isFinite(us)) return us;
      throw new RangeError(`a step time of ${us} µs: it must be a positive number`);
    });
  }

  /** Equal steps until the batch changes by itself or by the next arrival. */
  #equalStepsOf({ scheduler, inbox }: Rank, stepUs: number): number {
    if (inbox.length > 0) return 1;
    const untilArrival = Math.ceil((this.#arrivals.nextUs - this.#nowUs) / stepUs);
    return scheduler.unchangedSteps(Math.max(1, Math.min(this.#equalSteps, untilArrival)));
  }

  #begin(rank: Rank, steps: number, stepUs: number, ownUs: number): void {
    const { batch, admitted } = rank.scheduler;
    const { scheduledUs, scheduledRow } = this.#paths;
    const row = this.#recorder.length;
    for (let at = batch.count - admitted; at < batch.count; at++) {
      const request = batch.request[at]!;
      if (scheduledRow[request]! >= 0) continue;
      scheduledRow[request] = row;
      scheduledUs[request] = this.#nowUs;
    }
    this.#recorder.add(rank.scheduler, { startUs: this.#nowUs, rank: rank.id, steps, stepUs, ownUs });
    this.#batches?.add(batch);
    rank.steps = steps;
    rank.row = row;
    rank.endUs = this.#nowUs + steps * stepUs;
    rank.lastStartUs = rank.endUs - stepUs;
    if (this.#observer?.stepBegins === undefined) return;
    const { running, preempted } = rank.scheduler;
    const waiting = (): readonly number[] => rank.scheduler.waitingRequests();
    const { id, endUs } = rank;
    this.#observer.stepBegins({ rank: id, startUs: this.#nowUs, endUs, batch, running, waiting, preempted });
  }
}
