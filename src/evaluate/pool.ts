import type { RegressionTable } from '../data/index.ts';
import { sandboxHost } from '../kernel/index.ts';
import type { ClientLoop } from './closed-loop/client-loop.ts';
import { judgedTable } from './entries.ts';
import type { WorkExecutor } from './executor.ts';
import type { InitMessage, Work } from './messages.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from './settings.ts';
import type { Evaluator } from './types.ts';
import { WorkEvaluator } from './work-evaluator.ts';
import { WorkerProcess, type WorkOutcome } from './worker-process.ts';

/**
 * Starts `settings.jobs` child processes with the table resident in each.
 *
 * @param clients where programs are to be fitted in closed loop too
 *
 * `evaluate` throws a UserError where a group has no training rows or the table no validation rows; `score` needs neither,
 * and throws a UserError where the fits lack a group of the table.
 *
 * @throws Error where a child process cannot start; UserError where `EVOLVE_SANDBOX` asks for what there is not
 */
export async function createPool(
  table: RegressionTable,
  settings: Partial<EvaluateSettings> = {},
  clients?: ClientLoop,
): Promise<Evaluator> {
  const whole = { ...DEFAULT_EVALUATE_SETTINGS, ...settings };
  const pool = new ProcessPool(initMessage(table, whole, clients));
  try {
    await pool.ready();
  } catch (error) {
    await pool.close();
    throw error;
  }
  return new WorkEvaluator({ table, settings: whole, hasClients: clients !== undefined }, pool);
}

/** What child processes start with. */
export function initMessage(table: RegressionTable, settings: EvaluateSettings, clients?: ClientLoop): InitMessage {
  const judged = judgedTable(table, settings.objective);
  return { kind: 'init', table: judged, settings, host: sandboxHost(), ...(clients && { clients }) };
}

/** A fit in closed loop serves all requests some times. */
const LOOP_TIMEOUTS = 20;

/** Starts a child process; the pool sends it work once it is ready. */
export type StartWorker = (init: InitMessage) => WorkerProcess;

interface QueuedWork {
  readonly work: Work;
  readonly resolve: (outcome: WorkOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** Child processes of this one, each with the table resident. */
export class ProcessPool implements WorkExecutor {
  readonly #init: InitMessage;
  readonly #queue: QueuedWork[] = [];
  readonly #start: StartWorker;
  readonly #idle: WorkerProcess[];
  readonly #busy = new Set<WorkerProcess>();
  #closed = false;

  constructor(init: InitMessage, start: StartWorker = (message) => new WorkerProcess(message)) {
    this.#init = init;
    this.#start = start;
    this.#idle = Array.from({ length: Math.max(1, init.settings.jobs) }, () => start(init));
  }

  /** Resolves when the table is resident in every process; rejects where one could not start. */
  async ready(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.ready));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queued of this.#queue.splice(0)) queued.reject(new Error('the pool was closed'));
    await Promise.all([...this.#idle, ...this.#busy].map((worker) => worker.close()));
  }

  submit(work: Work): Promise<WorkOutcome> {
    return new Promise((resolve, refuse) => {
      if (this.#closed) {
        refuse(new Error('the pool was closed'));
        return;
      }
      this.#queue.push({ work, resolve, reject: refuse });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (!this.#closed && this.#queue.length > 0 && this.#idle.length > 0) {
      const queued = this.#queue.shift() as QueuedWork;
      const worker = this.#idle.shift() as WorkerProcess;
      this.#busy.add(worker);
      this.#perform(queued, worker).catch(queued.reject);
    }
  }

  /**
   * A crash may be the machine's fault (killed by the kernel, or by hand), and memory may have gone to earlier work, so the work
   * gets a second child before it is rejected.
   */
  async #perform(queued: QueuedWork, first: WorkerProcess): Promise<void> {
    let worker = first;
    const timeoutMs = this.#init.settings.timeoutMs * (queued.work.kind === 'close-loop' ? LOOP_TIMEOUTS : 1);
    let outcome = await worker.run(queued.work, timeoutMs);
    if (outcome.kind === 'failure' && worker.isGone && outcome.failure.reason !== 'timeout' && !this.#closed) {
      worker = this.#replace(worker);
      outcome = await worker.run(queued.work, timeoutMs);
    }
    // Columns that an evaluation has changed must not serve another one.
    if (outcome.kind === 'evaluation' && outcome.evaluation.status === 'ok' && !outcome.evaluation.invariants.pure) {
      worker.kill();
    }
    if (worker.isGone && !this.#closed) worker = this.#replace(worker);
    this.#busy.delete(worker);
    this.#idle.push(worker);
    if (this.#closed) queued.reject(new Error('the pool was closed'));
    else queued.resolve(outcome);
    this.#dispatch();
  }

  #replace(gone: WorkerProcess): WorkerProcess {
    this.#busy.delete(gone);
    const worker = this.#start(this.#init);
    this.#busy.add(worker);
    return worker;
  }
}
