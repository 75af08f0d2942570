export { queueAddress, type QueueAddress } from './address.ts';
export { QueueClient, type QueueOptions } from './client.ts';
export { createQueueEvaluator, sendSetting } from './evaluator.ts';
export { KEPT_MS } from './members.ts';
export type { PieceSetting } from './pieces.ts';
export { type QueueStatus, queueStatus, type QueueWorkerStatus } from './status.ts';
export { HandedBack, type JobContext, QueueWorker, type WorkerOptions } from './worker.ts';
