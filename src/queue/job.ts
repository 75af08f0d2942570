/** What a job is about; each kind has its handler in a worker. */
export type JobKind = 'piece' | 'search' | 'contestant';

/** What stands in a job. All of it can be read by whoever may read the queue: there is no key and no password in it. */
export interface JobData {
  /** Id of the client that waits for the answer. */
  readonly client: string;
  /** What results of the client's program are known by. */
  readonly identity: string;
  /** What is to be done, as `losslessJson` writes it. */
  readonly task: string;
}

/** What a job answers, as `losslessJson` writes it. */
export type JobAnswer =
  | { readonly kind: 'done'; readonly value: unknown }
  /** Nobody seemed to wait for it any more; whoever does hands it in again. */
  | { readonly kind: 'abandoned' }
  /** It is done no more: so many workers ended while they were at it. */
  | { readonly kind: 'given-up'; readonly detail: string };

/** What comes of a job in the end. */
export type JobOutcome = Exclude<JobAnswer, { kind: 'abandoned' }>;

/** More workers than this are not risked on one job. */
export const MOST_TRIES = 3;

/** Pieces of work of those who wait for each come before searches. */
export const PRIORITY: { readonly [K in JobKind]: number } = { piece: 0, contestant: 10, search: 20 };
