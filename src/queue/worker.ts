import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { packageVersion, type UserError } from '../base/index.ts';
import type { QueueAddress } from './address.ts';
import { BytesFolder, ownBytes } from './bytes-folder.ts';
import { type BytesName, BytesStore, MissingBytes } from './bytes-store.ts';
import { connect, disconnect, isThere, type OnNote } from './connection.ts';
import { queueIdentity } from './identity.ts';
import { type JobAnswer, type JobData, type JobKind, MOST_TRIES } from './job.ts';
import { JOBS, MOST_EVENTS, type QueueKeys, queueKeys } from './keys.ts';
import { losslessJson, parseLosslessJson } from './lossless-json.ts';
import { KEPT_MS, Membership, type Profile } from './members.ts';
import { type PieceJob, readWork, writeOutcome } from './pieces.ts';
import { Residents } from './residents.ts';

/** What a worker says of itself. */
export interface WorkerProfile extends Profile {
  readonly kind: 'worker';
  /** Jobs that it does at a time. */
  readonly jobs: number;
  /** Jobs that it is at. */
  readonly busy: number;
  /** Jobs that it has ended. */
  readonly done: number;
  /** Of them, in the last minute. */
  readonly doneInLastMinute: number;
  /** Seconds since it came. */
  readonly seconds: number;
  /** Whether it takes no more jobs. */
  readonly isDraining: boolean;
}

/** What a handler of a job gets beside its task. */
export interface JobContext {
  readonly id: string;
  /** Who waits for the answer. */
  readonly client: string;
  readonly redis: Redis;
  readonly keys: QueueKeys;
  /** Bytes that the task names. */
  readonly read: (name: BytesName) => Promise<Uint8Array>;
  /** Says that the job has got on: its tries count from here on. */
  readonly gotOn: () => Promise<void>;
  /** Aborted where the worker is to end; a handler may then throw `HandedBack`. */
  readonly signal: AbortSignal;
}

/** Does jobs of a kind. */
export type JobHandler = (task: unknown, context: JobContext) => Promise<unknown>;

/** A handler's way to say that nobody seems to wait for its job any more. */
export class Abandoned extends Error {}

/** A handler's way to leave a job to another worker. */
export class HandedBack extends Error {}

/** How a worker works. */
export interface WorkerOptions {
  readonly address: QueueAddress;
  /** Jobs that are done at a time. */
  readonly jobs: number;
  /** Its own folder for datasets. */
  readonly cache: string;
  /** Folder that all machines of the queue see, for datasets. */
  readonly shared?: string;
  /** After how many milliseconds a worker that says nothing is taken for lost, and its jobs for those of others; default 10,000. */
  readonly patienceMs?: number;
  /** What is done beyond pieces of work. */
  readonly handlers?: { readonly [K in Exclude<JobKind, 'piece'>]?: JobHandler };
  readonly onNote?: OnNote;
}

const PATIENCE_MS = 10_000;
/** How often lost jobs are looked for in that time. */
const LOOKS = 3;
/** Pause before a job is tried again whose data are not there. */
const MISSING_MS = 500;
const MINUTE_MS = 60_000;

// Whether somebody still waits for a job; if so, how many workers have begun it with this one.
const BEGIN = `
local now = redis.call('TIME')
local until_ = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not until_ or tonumber(until_) <= now[1] * 1000 + math.floor(now[2] / 1000) then return {} end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return redis.call('LRANGE', KEYS[2], 0, -1)`;

/** Works for a queue until it is told to stop. */
export class QueueWorker {
  readonly id: string = randomUUID().slice(0, 13);
  readonly #options: WorkerOptions;
  readonly #redis: Redis;
  readonly #keys: QueueKeys;
  readonly #residents: Residents;
  readonly #store: BytesStore;
  readonly #own: BytesFolder;
  readonly #handlers: { readonly [K in JobKind]?: JobHandler };
  readonly #startMs = performance.now();
  readonly #stop = new AbortController();
  #membership: Membership | undefined;
  #worker: Worker<JobData, string> | undefined;
  #queue: Queue<JobData> | undefined;
  #busy = 0;
  #done = 0;
  #recent: readonly number[] = [];
  #fault: UserError | undefined;
  #onFault: (error: UserError) => void = () => {};

  private constructor(options: WorkerOptions, redis: Redis) {
    this.#options = options;
    this.#redis = redis;
    this.#keys = queueKeys(options.address);
    const shared = options.shared === undefined ? undefined : new BytesFolder(options.shared);
    this.#store = new BytesStore(redis, this.#keys, shared);
    this.#own = ownBytes(options.cache);
    this.#residents = new Residents(options.jobs, (name) => this.#read(name));
    this.#handlers = {
      ...options.handlers,
      piece: async (task) => {
        const { setting, work } = task as PieceJob;
        return writeOutcome(await this.#residents.perform(setting, readWork(work)));
      },
    };
  }

  /** @throws UserError where the queue cannot be reached, or belongs to another version */
  static async start(options: WorkerOptions): Promise<QueueWorker> {
    const worker = new QueueWorker(options, await connect(options.address, options.onNote));
    try {
      await worker.#start();
      return worker;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { DelayedError, Queue, WaitingError, Worker } = await import('bullmq');
    this.#membership = await Membership.join(this.#redis, this.#keys, {
      id: this.id,
      identity: queueIdentity(),
      profile: () => this.profile,
      onRefused: (error) => {
        this.#fault ??= error;
        this.#onFault(error);
      },
    });
    const { prefix } = this.#keys;
    const { patienceMs = PATIENCE_MS } = this.#options;
    this.#queue = new Queue<JobData>(JOBS, {
      connection: this.#redis,
      prefix,
      streams: { events: { maxLen: MOST_EVENTS } },
    });
    this.#queue.on('error', () => {});
    await this.#clearAway();
    const process = async (job: Job<JobData, string>, token?: string): Promise<string> => {
      this.#busy++;
      try {
        return losslessJson(await this.#perform(job));
      } catch (error) {
        if (error instanceof MissingBytes) {
          await job.moveToDelayed(Date.now() + MISSING_MS, token);
          throw new DelayedError();
        }
        if (error instanceof HandedBack) {
          await job.moveToWait(token);
          throw new WaitingError();
        }
        const { message } = error as Error;
        this.#options.onNote?.(`job ${job.id} failed: ${message}`);
        // It may be this machine's fault, e.g. that of a full disk.
        const tries = await this.#redis.llen(this.#keys.tries(String(job.id)));
        if (tries >= MOST_TRIES) throw error;
        await job.moveToDelayed(Date.now() + MISSING_MS, token);
        throw new DelayedError();
      } finally {
        this.#busy--;
      }
    };
    this.#worker = new Worker<JobData, string>(JOBS, process, {
      connection: this.#redis,
      prefix,
      name: this.id,
      concurrency: this.#options.jobs,
      lockDuration: patienceMs,
      stalledInterval: Math.ceil(patienceMs / LOOKS),
      // Tries are counted here, by worker, so that it can be said who they were.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    // That the link broke is told where it was made.
    this.#worker.on('error', ({ name, message }) => {
      if (name === 'ReplyError') this.#options.onNote?.(`the queue's server says: ${message}`);
    });
    this.#worker.on('completed', () => this.#count());
    await this.#worker.waitUntilReady();
  }

  get profile(): WorkerProfile {
    const since = performance.now() - MINUTE_MS;
    this.#recent = this.#recent.filter((ms) => ms > since);
    return {
      kind: 'worker',
      host: hostname(),
      pid: process.pid,
      version: packageVersion(),
      jobs: this.#options.jobs,
      busy: this.#busy,
      done: this.#done,
      doneInLastMinute: this.#recent.length,
      seconds: Math.round((performance.now() - this.#startMs) / 1000),
      isDraining: this.#stop.signal.aborted,
    };
  }

  /** Address of its queue, without user and password. */
  get queue(): string {
    return this.#options.address.shown;
  }

  /** Whether it can do jobs now: its server is there, and it takes jobs. */
  get isReady(): boolean {
    return this.#redis.status === 'ready' && !this.#stop.signal.aborted && this.#fault === undefined;
  }

  /** Resolves when the queue has come to be one of another version. */
  get refused(): Promise<UserError> {
    return new Promise((resolve) => {
      this.#onFault = resolve;
      if (this.#fault !== undefined) resolve(this.#fault);
    });
  }

  #count(): void {
    this.#done++;
    this.#recent = [...this.#recent, performance.now()];
  }

  async #perform(job: Job<JobData, string>): Promise<JobAnswer> {
    const { client, identity, task } = job.data;
    if (identity !== queueIdentity()) throw new Error('the job is of another version of evolve');
    const id = String(job.id);
    const { members } = this.#keys;
    const tries = this.#keys.tries(id);
    const begun = (await this.#redis.eval(BEGIN, 2, members, tries, client, this.id, KEPT_MS)) as readonly string[];
    if (begun.length === 0) return { kind: 'abandoned' };
    if (begun.length > MOST_TRIES) {
      this.#forget(tries);
      return {
        kind: 'given-up',
        detail: `${MOST_TRIES} workers ended while they were at it: ${begun.slice(0, -1).join(', ')}`,
      };
    }
    try {
      const handler = this.#handlers[job.name as JobKind];
      if (handler === undefined) throw new Error(`no such kind of job: ${job.name}`);
      const value = await handler(parseLosslessJson(task), {
        id,
        client,
        redis: this.#redis,
        keys: this.#keys,
        read: (name) => this.#read(name),
        gotOn: async () => {
          await this.#redis.multi().del(tries).rpush(tries, this.id).pexpire(tries, KEPT_MS).exec();
          await job.updateProgress(1);
        },
        signal: this.#stop.signal,
      });
      this.#forget(tries);
      return { kind: 'done', value };
    } catch (error) {
      if (error instanceof MissingBytes || error instanceof HandedBack) this.#forget(tries);
      if (!(error instanceof Abandoned)) throw error;
      this.#forget(tries);
      return { kind: 'abandoned' };
    }
  }

  #forget(tries: string): void {
    this.#redis.del(tries).catch(() => {});
  }

  async #read(name: BytesName): Promise<Uint8Array> {
    const present = this.#own.read(name.hash);
    if (present !== undefined) return present;
    const bytes = await this.#store.get(name);
    this.#own.write(name.hash, bytes);
    return bytes;
  }

  /** Removes jobs of clients that are gone. */
  async #clearAway(): Promise<void> {
    const jobs = (await this.#queue?.getJobs(['wait', 'prioritized', 'delayed'])) ?? [];
    for (const job of jobs) {
      if (job === undefined) continue;
      const until = await this.#redis.zscore(this.#keys.members, job.data.client);
      if (until === null) await job.remove().catch(() => {});
    }
  }

  /** Takes no more jobs, ends those in hand, or hands them back where they can be, and leaves. */
  async close(): Promise<void> {
    this.#stop.abort();
    // Where the server is away nobody hears what came of the jobs in hand; others do them.
    await this.#worker?.close(!(await isThere(this.#redis))).catch(() => {});
    await this.#membership?.leave().catch(() => {});
    await this.#residents.close();
    await this.#queue?.close().catch(() => {});
    await disconnect(this.#redis);
  }
}
