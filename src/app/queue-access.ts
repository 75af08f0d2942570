import { QueueClient, queueAddress } from '../queue/index.ts';

/** A queue whose workers evaluate. */
export interface QueueChoice {
  /** `redis://[user:password@]host[:port][/database][?name=NAME]`; `rediss` for TLS. It is shown and stored without user and password. */
  readonly url: string;
  /** Folder that all machines of the queue see, for datasets; default: they go through the queue's server. */
  readonly shared?: string;
  /** Told what becomes of the queue, one line for people. */
  readonly onNote?: (line: string) => void;
}

/** Opens a queue for as long as it is used; where none is chosen, there is none. @throws UserError where it cannot be reached. */
export async function withQueue<T>(
  choice: QueueChoice | undefined,
  use: (queue: QueueClient | undefined) => Promise<T>,
): Promise<T> {
  if (choice === undefined) return use(undefined);
  const { url, ...options } = choice;
  const queue = await QueueClient.open({ address: queueAddress(url), ...options });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}
