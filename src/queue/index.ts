export { queueAddress } from './address.ts';
export { QueueClient } from './client.ts';
export { createQueueEvaluator, sendSetting } from './evaluator.ts';
export type { BytesName } from './bytes-store.ts';
export { KEPT_MS } from './members.ts';
export { packed, type PieceSetting } from './pieces.ts';
export { type QueueStatus, queueStatus } from './status.ts';
export { Abandoned, HandedBack, type JobContext, QueueWorker, type WorkerOptions } from './worker.ts';
