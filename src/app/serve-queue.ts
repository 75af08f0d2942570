import { type WorkerOptions, QueueWorker, queueAddress } from '../queue/index.ts';
import { contestantJob } from './contestant-job.ts';
import { searchJob } from './search-job.ts';

/** How a queue is served. */
export interface ServeQueueOptions extends Omit<WorkerOptions, 'address' | 'handlers'> {
  /** `redis://[user:password@]host[:port][/database][?name=NAME]`; `rediss` for TLS. */
  readonly url: string;
}

/**
 * Works for a queue until it is closed: evaluates programs, makes searches, fits the predictors of a leaderboard.
 *
 * @throws UserError where the queue cannot be reached, or belongs to another version
 */
export function serveQueue({ url, ...options }: ServeQueueOptions): Promise<QueueWorker> {
  return QueueWorker.start({
    ...options,
    address: queueAddress(url),
    handlers: { search: searchJob, contestant: contestantJob },
  });
}
