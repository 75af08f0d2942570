import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { packageVersion, UserError } from '../base/index.ts';
import type { QueueAddress } from './address.ts';
import { BytesFolder } from './bytes-folder.ts';
import { type BytesName, BytesStore } from './bytes-store.ts';
import { connect, disconnect, type OnNote } from './connection.ts';
import { type JobAnswer, type JobData, type JobKind, type JobOutcome, PRIORITY } from './job.ts';
import { JOBS, MOST_EVENTS, type QueueKeys, queueKeys } from './keys.ts';
import { losslessJson, parseLosslessJson } from './lossless-json.ts';
import { listMembers, Membership } from './members.ts';
import { queueIdentity } from './identity.ts';

/** How a queue is reached. */
export interface QueueOptions {
  readonly address: QueueAddress;
  /** Folder that all machines of the queue see, for datasets; default: they go through the queue's server. */
  readonly shared?: string;
  /** Told what becomes of the queue, one line for people. */
  readonly onNote?: OnNote;
}

const LOOK_MS = 3000;
/** Looks in a row that do not find a job before it is handed in again. */
const MISSED = 3;
/** After so long without a worker that is said. */
const LONELY_MS = 5000;

interface Pending {
  readonly id: string;
  readonly kind: JobKind;
  readonly data: JobData;
  readonly resolve: (answer: JobOutcome) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (() => void) | undefined;
  /** When it was last seen on the server, or sent there. */
  seenMs: number;
  /** Looks in a row that did not find it. */
  missed: number;
}

/** A job that was handed in. */
export interface SubmittedJob {
  readonly id: string;
  readonly answer: Promise<JobOutcome>;
  /** Waits for it no more. */
  readonly cancel: () => Promise<void>;
}

/**
 * Hands jobs to the workers of a queue and waits for what comes of them. What it waits for it remembers, so that jobs that a server
 * forgot are handed in again; the first answer to a job counts.
 */
export class QueueClient {
  readonly id: string = randomUUID().slice(0, 13);
  readonly address: QueueAddress;
  readonly redis: Redis;
  readonly keys: QueueKeys;
  readonly #identity: string;
  readonly #store: BytesStore;
  readonly #queue: Queue<JobData>;
  /** Makes a reader of the queue's events from an event on. */
  readonly #listen: (after: string) => QueueEvents;
  #events: QueueEvents;
  #lastEvent: string;
  readonly #onNote: OnNote;
  readonly #pending = new Map<string, Pending>();
  readonly #kept = new Map<string, { readonly name: BytesName; readonly content: Uint8Array }>();
  readonly #keptKeys = new Set<string>();
  #membership: Membership | undefined;
  #looking: NodeJS.Timeout | undefined;
  #fault: Error | undefined;
  #count = 0;
  #lonelySinceMs: number | undefined;

  private constructor(
    options: QueueOptions,
    redis: Redis,
    queue: Queue<JobData>,
    listen: (after: string) => QueueEvents,
    last: string,
  ) {
    this.address = options.address;
    this.redis = redis;
    this.keys = queueKeys(options.address);
    this.#identity = queueIdentity();
    const shared = options.shared === undefined ? undefined : new BytesFolder(options.shared);
    this.#store = new BytesStore(redis, this.keys, shared);
    this.#queue = queue;
    this.#listen = listen;
    this.#lastEvent = last;
    this.#events = this.#newEvents();
    this.#onNote = options.onNote ?? (() => {});
  }

  /** @throws UserError where the queue cannot be reached, or belongs to another version */
  static async open(options: QueueOptions): Promise<QueueClient> {
    const [redis, { Queue, QueueEvents }] = await Promise.all([
      connect(options.address, options.onNote),
      import('bullmq'),
    ]);
    const { prefix } = queueKeys(options.address);
    const queue = new Queue<JobData>(JOBS, {
      connection: redis,
      prefix,
      streams: { events: { maxLen: MOST_EVENTS } },
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    const [last] = await redis.xrevrange(queue.keys['events']!, '+', '-', 'COUNT', 1);
    // From what was last said on: an answer may come before the first look at the events.
    const listen = (after: string): QueueEvents =>
      new QueueEvents(JOBS, { connection: redis, prefix, lastEventId: after });
    const client = new QueueClient(options, redis, queue, listen, last?.[0] ?? '0-0');
    try {
      await client.#start();
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #start(): Promise<void> {
    // What the connection does is told where it was made.
    this.#queue.on('error', () => {});
    this.#membership = await Membership.join(this.redis, this.keys, {
      id: this.id,
      identity: this.#identity,
      profile: () => ({ kind: 'client', host: hostname(), pid: process.pid, version: packageVersion() }),
      kept: () => [...[...this.#kept.keys()].map((hash) => this.keys.bytes(hash)), ...this.#keptKeys],
      onRefused: (error) => this.#fail(error),
    });
    this.#looking = setInterval(() => this.#lookAgain(), LOOK_MS).unref();
    await this.#events.waitUntilReady();
  }

  #newEvents(): QueueEvents {
    const events = this.#listen(this.#lastEvent);
    events.on('error', () => {});
    events.on('completed', ({ jobId, returnvalue }, event) => {
      this.#lastEvent = event;
      if (!this.#pending.has(jobId)) return;
      const answer = parseLosslessJson(String(returnvalue)) as JobAnswer;
      if (answer.kind === 'abandoned') void this.#sendAgain(jobId);
      else this.#settle(jobId, (pending) => pending.resolve(answer));
    });
    events.on('failed', ({ jobId, failedReason }, event) => {
      this.#lastEvent = event;
      this.#settle(jobId, (pending) => pending.reject(this.#failed(failedReason)));
    });
    events.on('progress', ({ jobId }, event) => {
      this.#lastEvent = event;
      this.#pending.get(jobId)?.onProgress?.();
    });
    return events;
  }

  /** Puts bytes where workers find them, and sees to it that they stay there as long as this client. */
  async keep(name: BytesName, content: Uint8Array): Promise<void> {
    this.#kept.set(name.hash, { name, content });
    await this.#store.put(name, content);
  }

  /** Sees to it that a key does not expire, from now on or no more. */
  keepKey(key: string, isKept: boolean): void {
    if (isKept) this.#keptKeys.add(key);
    else this.#keptKeys.delete(key);
  }

  /** A name that nothing else of the queue has. */
  newName(): string {
    return `${this.id}-${this.#count++}`;
  }

  /**
   * Hands in a job.
   *
   * @param onProgress called when a worker says that it has got on, and now and then
   */
  submit(kind: JobKind, task: unknown, onProgress?: () => void): SubmittedJob {
    const id = this.newName();
    const data = { client: this.id, identity: this.#identity, task: losslessJson(task) };
    const answer = new Promise<JobOutcome>((resolve, reject) => {
      const pending: Pending = { id, kind, data, resolve, reject, onProgress, seenMs: performance.now(), missed: 0 };
      if (this.#fault !== undefined) return reject(this.#fault);
      this.#pending.set(id, pending);
      this.#send(pending);
    });
    return { id, answer, cancel: () => this.#cancel(id) };
  }

  #send({ id, kind, data }: Pending): void {
    this.#queue.add(kind, data, { jobId: id, priority: PRIORITY[kind] }).catch((error: unknown) => {
      // A job of that number that is there already is the same one. What the server refuses now it would refuse again.
      this.#settle(id, (pending) => pending.reject(this.#refusal(error as Error)));
    });
  }

  #failed(reason: string): UserError {
    return new UserError({
      code: 'queue.failed-job',
      place: { at: this.address.shown },
      problem: `several workers could not do a job: ${reason}`,
      mend: 'look at what they logged, then continue',
    });
  }

  #refusal({ message }: Error): UserError {
    return new UserError({
      code: 'queue.no-room',
      place: { at: this.address.shown },
      problem: `the server takes no more jobs: ${message}`,
      mend: 'give it more memory, then continue',
    });
  }

  /** A server that was away for long takes us for gone until we say something. */
  async #sendAgain(id: string): Promise<void> {
    await this.#membership?.beat().catch(() => {});
    const pending = this.#pending.get(id);
    if (pending !== undefined) this.#send(pending);
  }

  async #cancel(id: string): Promise<void> {
    if (!this.#pending.has(id)) return;
    this.#settle(id, (pending) => pending.reject(new Error('the job was cancelled')));
    if (this.redis.status !== 'ready') return;
    // One that is being worked on stays: its worker ends it.
    await this.#queue.remove(id).catch(() => {});
  }

  #settle(id: string, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    how(pending);
  }

  #fail(error: Error): void {
    this.#fault = error;
    for (const id of this.#pending.keys()) this.#settle(id, (pending) => pending.reject(error));
  }

  #lookAgain(): void {
    if (this.#pending.size === 0 || this.redis.status !== 'ready') return;
    this.#look().catch(() => {
      // The server went away meanwhile; the next look comes.
    });
  }

  /** Hands in again what the server has lost, and says where nobody works. */
  async #look(): Promise<void> {
    const now = performance.now();
    const old = [...this.#pending.values()].filter(({ seenMs }) => now - seenMs > LOOK_MS);
    if (old.length === 0) return;
    for (const { name, content } of this.#kept.values()) await this.#store.put(name, content);
    const found = await Promise.all(old.map(({ id }) => this.redis.exists(this.#queue.toKey(id))));
    for (const [at, pending] of old.entries()) {
      pending.onProgress?.();
      pending.missed = found[at] === 1 ? 0 : pending.missed + 1;
      // The answer of one that is not there any more may be on its way, or we hear of nothing.
      if (pending.missed < MISSED) continue;
      pending.seenMs = now;
      pending.missed = 0;
      if (this.#pending.has(pending.id)) this.#send(pending);
    }
    if (old.some(({ missed }) => missed === MISSED - 1)) await this.#listenAnew();
    const members = await listMembers(this.redis, this.keys);
    if (members.some(({ profile }) => profile.kind === 'worker')) this.#lonelySinceMs = undefined;
    else if (this.#lonelySinceMs === undefined) this.#lonelySinceMs = now;
    else if (now - this.#lonelySinceMs > LONELY_MS) {
      this.#onNote(`no worker is at ${this.address.shown}; waiting for one`);
      this.#lonelySinceMs = Infinity;
    }
  }

  /** The link on which events come may be cut without a word. */
  async #listenAnew(): Promise<void> {
    const before = this.#events;
    this.#events = this.#newEvents();
    await before.close();
  }

  /** Takes back what no worker has begun, and leaves. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#fail(new Error('the queue was closed'));
    const isReady = this.redis.status === 'ready';
    await this.#membership?.leave().catch(() => {});
    if (isReady) await this.#removeWaiting().catch(() => {});
    await this.#events.close().catch(() => {});
    await this.#queue.close().catch(() => {});
    await disconnect(this.redis);
  }

  async #removeWaiting(): Promise<void> {
    const waiting = await this.#queue.getJobs(['wait', 'prioritized', 'delayed']);
    const own = waiting.filter((job) => job?.data.client === this.id);
    await Promise.all(own.map((job) => job.remove().catch(() => {})));
  }
}
