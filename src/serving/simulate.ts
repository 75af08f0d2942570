import type { StepTime } from './batch.ts';
import { Arrivals, type Load } from './load.ts';
import type { ServingRequests } from './requests.ts';
import { type ScheduleRows, ScheduleRecorder } from './schedule.ts';
import { type Progress, Scheduler } from './scheduler.ts';
import type { EngineSettings } from './settings.ts';

/** How each request went, one row each; times in µs, NaN where it never came to that. */
export interface RequestPaths {
  readonly arrivalUs: Float64Array;
  readonly scheduledUs: Float64Array;
  readonly firstTokenUs: Float64Array;
  readonly lastTokenUs: Float64Array;
  readonly outputTokens: Float64Array;
  readonly preemptions: Float64Array;
  /** The rank that served it; −1 where none could. */
  readonly rank: Int32Array;
  /** Rows of the schedule: the first that it took part in, those that gave its first and its last token; −1 for none. */
  readonly scheduledRow: Int32Array;
  readonly firstTokenRow: Int32Array;
  readonly lastTokenRow: Int32Array;
}

/** What came of a load. */
export interface Served {
  readonly rows: ScheduleRows;
  readonly requests: RequestPaths;
}

export interface ServeOptions {
  readonly load?: Load;
  /** Equal steps in a row that are timed as one at most: at their mean context, exact for times linear in it. 1: each by itself. */
  readonly equalSteps?: number;
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
  readonly #arrivals: Arrivals;
  readonly #ranks: readonly Rank[];
  readonly #progress: Progress;
  readonly #recorder = new ScheduleRecorder();
  readonly #paths: RequestPaths;
  #nowUs = 0;

  constructor(requests: ServingRequests, settings: EngineSettings, stepTime: StepTime, options: ServeOptions) {
    const count = requests.arrivalUs.length;
    const arrivalUs = requests.arrivalUs.slice();
    const unknown = (): Float64Array => new Float64Array(count).fill(Number.NaN);
    const nowhere = (): Int32Array => new Int32Array(count).fill(-1);
    const load = options.load ?? { kind: 'open' };
    this.#settings = settings;
    this.#stepTime = stepTime;
    // Where the answer of one rank sends a request to another, no rank may run ahead.
    const isAlone = load.kind === 'open' || settings.dataParallel === 1;
    this.#equalSteps = isAlone ? (options.equalSteps ?? 1) : 1;
    this.#arrivals = new Arrivals(arrivalUs, load);
    this.#progress = {
      computed: new Float64Array(count),
      generated: new Float64Array(count),
      preemptions: new Float64Array(count),
    };
    this.#ranks = Array.from({ length: settings.dataParallel }, (_, id) => ({
      id,
      scheduler: new Scheduler(requests, settings, this.#progress),
      inbox: [],
      endUs: Number.POSITIVE_INFINITY,
      lastStartUs: Number.NEGATIVE_INFINITY,
      steps: 0,
      row: -1,
    }));
    this.#paths = {
      arrivalUs,
      scheduledUs: unknown(),
      firstTokenUs: unknown(),
      lastTokenUs: unknown(),
      outputTokens: this.#progress.generated,
      preemptions: this.#progress.preemptions,
      rank: nowhere(),
      scheduledRow: nowhere(),
      firstTokenRow: nowhere(),
      lastTokenRow: nowhere(),
    };
  }

  run(): Served {
    for (;;) {
      const endUs = Math.min(...this.#ranks.map((rank) => rank.endUs));
      const nextUs = Math.min(endUs, this.#arrivals.nextUs);
      if (nextUs === Number.POSITIVE_INFINITY) break;
      this.#nowUs = nextUs;
      for (const rank of this.#ranks) if (rank.endUs === nextUs) this.#complete(rank);
      while (this.#arrivals.nextUs <= nextUs) this.#route(this.#arrivals.take());
      this.#start();
    }
    return { rows: this.#recorder.rows(), requests: Object.freeze(this.#paths) };
  }

  /** To the rank with the least to do, waiting requests counting four times, as vLLM's balancer has it. */
  #route(request: number): void {
    const burden = ({ scheduler, inbox }: Rank): number => 4 * (scheduler.waiting + inbox.length) + scheduler.running;
    const rank = this.#ranks.reduce((best, other) => (burden(other) < burden(best) ? other : best));
    rank.inbox.push(request);
    this.#paths.rank[request] = rank.id;
  }

  #complete(rank: Rank): void {
    const { firstTokenRow, firstTokenUs, lastTokenRow, lastTokenUs } = this.#paths;
    rank.endUs = Number.POSITIVE_INFINITY;
    rank.scheduler.complete(rank.steps, (request, isDone) => {
      if (firstTokenRow[request]! < 0) {
        firstTokenRow[request] = rank.row;
        firstTokenUs[request] = this.#nowUs;
      }
      if (!isDone) return;
      lastTokenRow[request] = rank.row;
      lastTokenUs[request] = this.#nowUs;
      this.#arrivals.onAnswer(this.#nowUs);
    });
  }

  /** Starts a step wherever none runs. */
  #start(): void {
    const idle = this.#ranks.filter((rank) => rank.endUs === Number.POSITIVE_INFINITY);
    if (this.#settings.lockStep && idle.length < this.#ranks.length) return;
    const ready = idle.filter((rank) => this.#schedule(rank));
    if (ready.length === 0) return;
    if (!this.#settings.lockStep) for (const rank of ready) this.#run([rank]);
    else this.#run(ready);
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
    const steps = Math.min(...ranks.map((rank) => this.#equalStepsOf(rank, Math.max(...firstUs))));
    if (steps > 1) for (const { scheduler } of ranks) scheduler.batch.shiftContext((steps - 1) / 2);
    const timesUs = steps > 1 ? this.#timesOf(ranks) : firstUs;
    for (const [at, rank] of ranks.entries()) this.#begin(rank, steps, Math.max(...timesUs), timesUs[at]!);
  }

  #timesOf(ranks: readonly Rank[]): readonly number[] {
    const times = ranks.map(({ scheduler }) => this.#stepTime(scheduler.batch));
    const wrong = times.find((time) => !(time > 0 && Number.isFinite(time)));
    if (wrong !== undefined) throw new RangeError(`a step time of ${wrong} µs: it must be a positive number`);
    return times;
  }

  /** Equal steps until the batch changes by itself or by the next arrival. */
  #equalStepsOf({ scheduler, inbox }: Rank, stepUs: number): number {
    if (this.#equalSteps === 1 || inbox.length > 0) return 1;
    const untilArrival = Math.ceil((this.#arrivals.nextUs - this.#nowUs) / stepUs);
    return scheduler.unchangedSteps(Math.max(1, Math.min(this.#equalSteps, untilArrival)));
  }

  #begin(rank: Rank, steps: number, stepUs: number, ownUs: number): void {
    const { batch } = rank.scheduler;
    const { scheduledUs, scheduledRow } = this.#paths;
    const row = this.#recorder.length;
    for (let at = 0; at < batch.count; at++) {
      const request = batch.request[at]!;
      if (scheduledRow[request]! >= 0) continue;
      scheduledRow[request] = row;
      scheduledUs[request] = this.#nowUs;
    }
    this.#recorder.add(rank.scheduler, { startUs: this.#nowUs, rank: rank.id, steps, stepUs, ownUs });
    rank.steps = steps;
    rank.row = row;
    rank.endUs = this.#nowUs + steps * stepUs;
    rank.lastStartUs = rank.endUs - stepUs;
  }
}
