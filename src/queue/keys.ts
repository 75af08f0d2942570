import type { QueueAddress } from './address.ts';

/** Names of a queue's keys. All begin alike, so that an access list can allow just them. */
export interface QueueKeys {
  /** BullMQ's keys go below it. */
  readonly prefix: string;
  /** Whose results the queue is for, as long as someone is there. */
  readonly identity: string;
  /** Who is there: ids by the time until which they are taken to be. */
  readonly members: string;
  /** What the members say of themselves, by id. */
  readonly profiles: string;
  /** Bytes by their hash, in pieces. */
  readonly bytes: (hash: string) => string;
  /** Workers that have begun a job and not ended it, in order. */
  readonly tries: (job: string) => string;
  /** What a long job has brought so far, by number. */
  readonly parts: (job: string) => string;
}

/** The keys of a queue. */
export function queueKeys({ name }: Pick<QueueAddress, 'name'>): QueueKeys {
  const prefix = `evolve-${name}`;
  return {
    prefix,
    identity: `${prefix}:identity`,
    members: `${prefix}:members`,
    profiles: `${prefix}:profiles`,
    bytes: (hash) => `${prefix}:bytes:${hash}`,
    tries: (job) => `${prefix}:tries:${job}`,
    parts: (job) => `${prefix}:parts:${job}`,
  };
}

/** The one queue of BullMQ's below the prefix. */
export const JOBS = 'jobs';

/** Events that the server keeps, with the answers in them. Who misses one finds out by looking for the job. */
export const MOST_EVENTS = 2000;
