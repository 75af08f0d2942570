import type { RegressionTable } from '../data/index.ts';
import {
  type ClientLoop,
  DEFAULT_EVALUATE_SETTINGS,
  type EvaluateSettings,
  type Evaluator,
  initMessage,
  type Work,
  WorkEvaluator,
  type WorkExecutor,
  type WorkOutcome,
} from '../evaluate/index.ts';
import type { QueueClient, SubmittedJob } from './client.ts';
import { packed, type PieceJob, type PieceSetting, readOutcome, writeWork } from './pieces.ts';

/**
 * An evaluator whose programs are fitted and scored by the workers of a queue: the same bytes as in a local pool, whoever they are and
 * however many. Closing it leaves the queue open.
 *
 * @param clients where programs are to be fitted in closed loop too
 */
export async function createQueueEvaluator(
  queue: QueueClient,
  table: RegressionTable,
  settings: Partial<EvaluateSettings> = {},
  clients?: ClientLoop,
): Promise<Evaluator> {
  const whole = { ...DEFAULT_EVALUATE_SETTINGS, ...settings };
  const setting = await sendSetting(queue, table, whole, clients);
  return new WorkEvaluator(
    { table, settings: whole, hasClients: clients !== undefined },
    new JobExecutor(queue, setting),
  );
}

/** Puts what programs are evaluated on where workers find it. */
export async function sendSetting(
  queue: QueueClient,
  given: RegressionTable,
  whole: EvaluateSettings,
  clients?: ClientLoop,
): Promise<PieceSetting> {
  const { table } = initMessage(given, whole, clients);
  const rows = packed(table);
  const loop = clients && packed(clients);
  await Promise.all([rows, loop].flatMap((each) => (each === undefined ? [] : [queue.keep(each.name, each.content)])));
  // How many processes there are is each worker's affair.
  return { table: rows.name, ...(loop && { clients: loop.name }), settings: { ...whole, jobs: 1 } };
}

/** Each piece of work is a job. */
class JobExecutor implements WorkExecutor {
  readonly #queue: QueueClient;
  readonly #setting: PieceSetting;
  readonly #going = new Set<SubmittedJob>();
  #isClosed = false;

  constructor(queue: QueueClient, setting: PieceSetting) {
    this.#queue = queue;
    this.#setting = setting;
  }

  async submit(work: Work): Promise<WorkOutcome> {
    if (this.#isClosed) throw new Error('the evaluator was closed');
    const piece: PieceJob = { setting: this.#setting, work: writeWork(work) };
    const job = this.#queue.submit('piece', piece);
    this.#going.add(job);
    try {
      const answer = await job.answer;
      if (answer.kind === 'given-up') return { kind: 'failure', failure: { reason: 'crash', detail: answer.detail } };
      return readOutcome(answer.value);
    } finally {
      this.#going.delete(job);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // As those of a local pool, what waits for them fails.
    await Promise.all([...this.#going].map((job) => job.cancel()));
  }
}
