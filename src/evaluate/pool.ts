import type { RegressionTable, SplitName } from '../data/index.ts';
import { UserError } from '../base/index.ts';
import { sandboxHost } from '../kernel/index.ts';
import type { Program } from '../program/index.ts';
import { StepIntervals } from './beyond/index.ts';
import type { ClientLoop } from './closed-loop/client-loop.ts';
import { judgedTable } from './entries.ts';
import { groupExperiments } from './groups.ts';
import type { InitMessage, Work } from './messages.ts';
import { precheck, reject } from './precheck.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from './settings.ts';
import type {
  Candidate,
  ClosedLoopFit,
  Draft,
  DraftScore,
  Evaluation,
  Evaluator,
  ExperimentMetrics,
  FittedProgram,
  GroupFit,
  IntervalCoverage,
  Rejected,
} from './types.ts';
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
  const pool = new Pool(table, { ...DEFAULT_EVALUATE_SETTINGS, ...settings }, clients);
  try {
    await pool.ready();
  } catch (error) {
    await pool.close();
    throw error;
  }
  return pool;
}

/** A fit in closed loop serves all requests some times. */
const LOOP_TIMEOUTS = 20;

/** Drafts that go to a child process at once. */
const DRAFTS = 32;

/** Starts a child process; the pool sends it work once it is ready. */
export type StartWorker = (init: InitMessage) => WorkerProcess;

interface QueuedWork {
  readonly work: Work;
  readonly resolve: (outcome: WorkOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** What `createPool` makes. */
export class Pool implements Evaluator {
  readonly #table: RegressionTable;
  readonly #settings: EvaluateSettings;
  readonly #init: InitMessage;
  readonly #queue: QueuedWork[] = [];
  readonly #start: StartWorker;
  readonly #idle: WorkerProcess[];
  readonly #busy = new Set<WorkerProcess>();
  #closed = false;
  readonly closeLoop?: NonNullable<Evaluator['closeLoop']>;

  constructor(
    table: RegressionTable,
    settings: EvaluateSettings,
    clients?: ClientLoop,
    start: StartWorker = (init) => new WorkerProcess(init),
  ) {
    this.#table = judgedTable(table, settings.objective);
    this.#settings = settings;
    this.#init = { kind: 'init', table: this.#table, settings, host: sandboxHost(), ...(clients && { clients }) };
    if (clients !== undefined) this.closeLoop = async (programs) => this.#closeLoop(programs);
    this.#start = start;
    this.#idle = Array.from({ length: Math.max(1, settings.jobs) }, () => start(this.#init));
  }

  async ready(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.ready));
  }

  async evaluate(candidates: readonly Candidate[]): Promise<readonly Evaluation[]> {
    this.#checkRows();
    return Promise.all(candidates.map((candidate) => this.#evaluateOne(candidate)));
  }

  readonly scoreDrafts = async (drafts: readonly Draft[]): Promise<readonly (DraftScore | undefined)[]> => {
    const parts = Array.from({ length: Math.ceil(drafts.length / DRAFTS) }, (_, k) =>
      drafts.slice(DRAFTS * k, DRAFTS * (k + 1)),
    );
    const outcomes = await Promise.all(parts.map((part) => this.#submit({ kind: 'score-drafts', drafts: part })));
    return outcomes.flatMap((outcome, k) => {
      if (outcome.kind === 'draft-scores') return outcome.scores;
      if (outcome.kind === 'failure') return parts[k]!.map(() => undefined);
      throw new Error(`drafts were answered by ${outcome.kind}`);
    });
  };

  async #evaluateOne(candidate: Candidate): Promise<Evaluation> {
    const outcome = await this.#submit({ kind: 'evaluate', candidate });
    if (outcome.kind === 'evaluation') return outcome.evaluation;
    if (outcome.kind === 'failure') return reject(outcome.failure.reason, outcome.failure.detail);
    throw new Error(`an evaluation was answered by ${outcome.kind}`);
  }

  async score(program: Program, fits: readonly GroupFit[], split: SplitName): Promise<readonly ExperimentMetrics[]> {
    const rejected = precheck(program, this.#table.features, this.#settings);
    if (rejected !== undefined) {
      throw new UserError({
        code: 'evaluate.not-scorable',
        problem: `the program cannot be scored: ${rejected.detail}`,
        mend: 'Choose another program',
      });
    }
    this.#checkFits(program, fits);
    const outcome = await this.#submit({ kind: 'score', program, fits, split });
    if (outcome.kind === 'metrics') return outcome.metrics;
    throw new Error(outcome.kind === 'failure' ? outcome.failure.detail : `a score was answered by ${outcome.kind}`);
  }

  async #closeLoop(programs: readonly FittedProgram[]): Promise<readonly (ClosedLoopFit | Rejected)[]> {
    const outcomes = await Promise.all(programs.map((fitted) => this.#submit({ kind: 'close-loop', fitted })));
    return outcomes.map((outcome) => {
      if (outcome.kind === 'closed-loop') return outcome.closedLoop;
      if (outcome.kind === 'failure') return reject(outcome.failure.reason, outcome.failure.detail);
      throw new Error(`a fit in closed loop was answered by ${outcome.kind}`);
    });
  }

  /** Made in this process, as all that reads a program's intervals does: no kernel has part in it. */
  coverage({ program, fits }: FittedProgram): Promise<IntervalCoverage | null> {
    const { validation } = new StepIntervals(program, fits, this.#table, this.#settings);
    if (validation === null) return Promise.resolve(null);
    const { rows, coverage, low, high } = validation;
    return Promise.resolve({ rows, coverage, low, high });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queued of this.#queue.splice(0)) queued.reject(new Error('the pool was closed'));
    await Promise.all([...this.#idle, ...this.#busy].map((worker) => worker.close()));
  }

  #checkRows(): void {
    const { experiments } = this.#table;
    const has = (split: SplitName, index: number): boolean => {
      const { observations, rows } = experiments[index] ?? {};
      const [start, end] = (observations ?? rows)?.[split] ?? [0, 0];
      return end > start;
    };
    for (const [group, members] of groupExperiments(experiments, this.#settings.scope)) {
      if (!members.some((index) => has('train', index))) {
        throw new UserError({
          code: 'evaluate.no-training-rows',
          problem: `${group} has no training rows`,
          mend: 'Leave it out, or use data with more step records',
        });
      }
    }
    if (!experiments.some((_, index) => has('valid', index))) {
      throw new UserError({
        code: 'evaluate.no-validation-rows',
        problem: 'the data has no validation rows',
        mend: 'Use data with more step records',
      });
    }
  }

  #checkFits(program: Program, fits: readonly GroupFit[]): void {
    for (const group of groupExperiments(this.#table.experiments, this.#settings.scope).keys()) {
      const fit = fits.find((candidate) => candidate.group === group);
      const missing = program.constants.find(({ name }) => fit === undefined || !Object.hasOwn(fit.constants, name));
      if (missing !== undefined) {
        throw new UserError({
          code: 'evaluate.missing-constant',
          problem: `the program has no constant ${missing.name} for the group ${group}`,
          mend: 'Score it on the data and with the scope that it was fitted with',
        });
      }
    }
  }

  #submit(work: Work): Promise<WorkOutcome> {
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
    const timeoutMs = this.#settings.timeoutMs * (queued.work.kind === 'close-loop' ? LOOP_TIMEOUTS : 1);
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
