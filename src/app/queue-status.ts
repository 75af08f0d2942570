import { queueAddress, queueStatus } from '../queue/index.ts';
import type { QueueStatusDocument } from './documents.ts';

/**
 * Who works at a queue, who waits, and for how much.
 *
 * @param url as `QueueChoice` has it
 * @throws UserError where the queue cannot be reached
 */
export async function readQueueStatus(url: string): Promise<QueueStatusDocument> {
  return await queueStatus(queueAddress(url));
}
