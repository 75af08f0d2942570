import { classifyFailure, type WorkFailure } from '../kernel/index.ts';
import { type ChildProcess, fork } from 'node:child_process';
import { type ChildProgram, UserError } from '../base/index.ts';
import type { FromWorker, InitMessage, Work } from './messages.ts';
import { OUT_OF_MEMORY } from './memory-watch.ts';
import { workerEnvironment } from './worker-environment.ts';
import { heapLimitMb } from './worker-limits.ts';
import { WORKER_PROGRAM } from './worker-program.ts';

/** A result, or why there is none. */
export type WorkOutcome = Exclude<FromWorker, { kind: 'ready' }>;

/**
 * Kernels are short-lived and hot at once: compiling each function once, by the optimising compiler, when it is first called,
 * beats starting with slow code.
 */
export const WORKER_OPTIONS: readonly string[] = ['--no-liftoff'];

/** Enough for the stack that V8 leaves after it has said that the heap is full. */
const STDERR_TAIL = 16_384;

/** A child process with the table resident. Does one piece of work at a time. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  #stderr = '';
  #gone: string | undefined;
  #settle: ((outcome: FromWorker) => void) | undefined;

  /** @param program that the process runs */
  constructor(init: InitMessage, { path, options }: ChildProgram = WORKER_PROGRAM) {
    const heap = `--max-old-space-size=${heapLimitMb(init.settings.memoryMb, init.table, init.clients)}`;
    this.#child = fork(path, {
      serialization: 'advanced',
      execArgv: [...WORKER_OPTIONS, heap, ...options],
      env: workerEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    this.#child.on('message', (message: FromWorker) => this.#finish(message));
    this.#child.on('error', (error) => this.#lost(error.message));
    // When its last words have been read too.
    this.#child.on('close', (code, signal) => this.#lost(`the child process ended with ${signal ?? `code ${code}`}`));
    this.#ready = this.#start(init);
    // Whoever awaits `ready` learns of it; without this a process that dies unawaited would end the parent.
    this.#ready.catch(() => {});
  }

  /** Resolves when the table is resident; rejects where the process could not start. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Runs one piece of work; kills the process if it takes longer than `timeoutMs`. */
  async run(work: Work, timeoutMs: number): Promise<WorkOutcome> {
    try {
      await this.#ready;
    } catch (error) {
      // That no process can be started says nothing of the work.
      if (error instanceof UserError) throw error;
      return { kind: 'failure', failure: classifyFailure(error) };
    }
    const timer = setTimeout(() => {
      this.#finish({ kind: 'failure', failure: { reason: 'timeout', detail: `no result after ${timeoutMs} ms` } });
      this.kill();
    }, timeoutMs);
    try {
      return (await this.#exchange(work)) as WorkOutcome;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process at once; it holds nothing that could be lost. */
  kill(): void {
    this.#gone ??= 'the child process was killed';
    this.#child.kill('SIGKILL');
  }

  /** Kills the process and resolves when it has ended. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.kill();
    await ended;
  }

  async #start(init: InitMessage): Promise<void> {
    const answer = await this.#exchange(init);
    if (answer.kind !== 'failure') return;
    const problem = `an evaluation process could not start: ${answer.failure.detail}`;
    if (this.#child.pid !== undefined) throw new Error(problem);
    // The system had no room for it: too many open files or processes, too little memory.
    throw new UserError({ code: 'evaluate.no-process', problem, mend: 'Use fewer processes' });
  }

  #exchange(message: InitMessage | Work): Promise<FromWorker> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.#gone !== undefined) this.#lost(this.#gone);
      // Without a number it was never started: the event that says why is on its way.
      else if (this.#child.pid !== undefined) {
        this.#child.send(message, (error) => {
          if (error !== null) this.#lost(error.message);
        });
      }
    });
  }

  #lost(detail: string): void {
    this.#gone ??= detail;
    this.#finish({ kind: 'failure', failure: lastWords(detail, this.#stderr) });
  }

  #finish(answer: FromWorker): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }
}

/** Why a process has ended: V8 and the watch over its memory say so on stderr. */
function lastWords(detail: string, stderr: string): WorkFailure {
  const lines = stderr.split('\n').map((line) => line.trim());
  const memory = lines.find((line) => line.startsWith(OUT_OF_MEMORY) || line.includes('heap out of memory'));
  if (memory !== undefined) return { reason: 'memory', detail: memory };
  return { reason: 'crash', detail: `${detail} ${lines.findLast((line) => /error/i.test(line)) ?? ''}`.trim() };
}
