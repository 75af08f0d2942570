import { UsageError } from './usage-error.ts';

/** The queue that a command needs. */
export function queueUrl({ queue }: { readonly queue?: string }): string {
  if (queue !== undefined && queue !== '') return queue;
  throw new UsageError('no queue is named', 'Name one with --queue redis://host:6379, or in EVOLVE_QUEUE.');
}
