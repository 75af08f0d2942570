export { type Batch, type BatchSums, batchSums, type StepTime } from './batch.ts';
export type { Load } from './load.ts';
export type { EngineObserver, EngineStep } from './observer.ts';
export type { RequestPaths } from './request-paths.ts';
export type { Prefixes, ServingRequests } from './requests.ts';
export { LEAST_STEP_US, programStepTime } from './program-step-time.ts';
export { SCHEDULE_COLUMNS, type ScheduleRows } from './schedule.ts';
export { DEFAULT_ENGINE, type EngineSettings } from './settings.ts';
export { serve, type Served, type ServeOptions } from './simulate.ts';
