export { queueAddress, type QueueAddress } from './address.ts';
export { QueueClient, type QueueOptions } from './client.ts';
export { createQueueEvaluator } from './evaluator.ts';
export { QueueWorker, type WorkerOptions } from './worker.ts';
