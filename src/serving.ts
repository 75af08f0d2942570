/**
 * A discrete-event model of a serving engine: requests in, batches and the requests' paths out.
 *
 * @packageDocumentation
 */
export {
  type Batch,
  type BatchSums,
  batchSums,
  DEFAULT_ENGINE,
  type EngineObserver,
  type EngineSettings,
  type EngineStep,
  type Load,
  type Prefixes,
  programStepTime,
  type RequestPaths,
  SCHEDULE_COLUMNS,
  type ScheduleRows,
  serve,
  type Served,
  type ServeOptions,
  type ServingRequests,
  type StepTime,
} from './serving/index.ts';
