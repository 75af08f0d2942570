import type { QueueAddress } from './address.ts';
import { connect, disconnect } from './connection.ts';
import { JOBS, queueKeys } from './keys.ts';
import { listMembers } from './members.ts';
import type { WorkerProfile } from './worker.ts';

/** One worker of a queue. */
export interface QueueWorkerStatus {
  /** Under which its jobs name it. */
  readonly id: string;
  /** Name of its machine. */
  readonly host: string;
  /** Number of its process there. */
  readonly pid: number;
  /** Version of the program. */
  readonly version: string;
  /** Jobs that it does at a time, at most. */
  readonly jobs: number;
  /** Jobs that it is at. */
  readonly busy: number;
  /** Jobs that it has ended since it came. */
  readonly done: number;
  /** Jobs that it has ended in the last minute. */
  readonly donePerMinute: number;
  /** Seconds since it came. */
  readonly seconds: number;
  /** Whether it takes no more jobs, because it is to end. */
  readonly isDraining: boolean;
}

/** Who works at a queue, who waits, and for how much. */
export interface QueueStatus {
  /** Address, without user and password. */
  readonly queue: string;
  /** Version and results of the programs that share the queue, `null` where nobody was there yet. */
  readonly identity: string | null;
  /** In the order in which they came. */
  readonly workers: readonly QueueWorkerStatus[];
  /** Commands that hand in jobs. */
  readonly clients: number;
  /** Jobs that no worker has begun. */
  readonly waiting: number;
  /** Jobs that are being done. */
  readonly active: number;
  /** Jobs that workers have ended in the last minute, all together. */
  readonly donePerMinute: number;
  /** Memory of the server that is in use, for everything that is on it, bytes. */
  readonly serverBytes: number;
}

/** Looks at a queue. @throws UserError where it cannot be reached */
export async function queueStatus(address: QueueAddress): Promise<QueueStatus> {
  const redis = await connect(address);
  const keys = queueKeys(address);
  const { Queue } = await import('bullmq');
  const queue = new Queue(JOBS, { connection: redis, prefix: keys.prefix });
  queue.on('error', () => {});
  try {
    const members = await listMembers(redis, keys);
    const workers = members
      .flatMap(({ id, profile }) => (profile.kind === 'worker' ? [workerStatus(id, profile as WorkerProfile)] : []))
      .toSorted((a, b) => b.seconds - a.seconds || (a.id < b.id ? -1 : 1));
    const counts = await queue.getJobCounts('wait', 'prioritized', 'delayed', 'active');
    const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
    const memory = /^used_memory:(\d+)/m.exec(await redis.info('memory'));
    return {
      queue: address.shown,
      identity: await redis.get(keys.identity),
      workers,
      clients: members.length - workers.length,
      waiting: wait + prioritized + delayed,
      active,
      donePerMinute: workers.reduce((sum, { donePerMinute }) => sum + donePerMinute, 0),
      serverBytes: Number(memory?.[1] ?? 0),
    };
  } finally {
    await queue.close();
    await disconnect(redis);
  }
}

function workerStatus(id: string, profile: WorkerProfile): QueueWorkerStatus {
  const { host, pid, version, jobs, busy, done, doneInLastMinute, seconds, isDraining } = profile;
  return { id, host, pid, version, jobs, busy, done, donePerMinute: doneInLastMinute, seconds, isDraining };
}
