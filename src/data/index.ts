export { type TableOptions, buildTable, stepTarget } from './build-table.ts';
export { parseMap } from './sources/tables/column-map.ts';
export { modelKey, servingContext } from './context.ts';
export type { Dataset, Experiment, MeasuredLatency, SplitName, StepTarget, TargetName } from './dataset.ts';
export {
  isPlainDataset,
  type PlainDataset,
  tableOf,
  tableOfColumns,
  targetDeviation,
} from './tables/regression-table.ts';
export { importPlainTable, readUnits } from './tables/import-table.ts';
export type { PlainTableOptions } from './tables/options.ts';
export { plainDataset } from './tables/plain-dataset.ts';
export { TABLE_COLUMN } from './tables/table-document.ts';
export type { SplitOrder, TableColumn } from './tables/plain-table.ts';
export {
  DEMO_SAMPLE_SHARE,
  DEMO_SEED,
  type DemoOptions,
  demoDataset,
  replayedDemo,
  scenariosWith,
  simulateDemo,
  type WrittenExperiment,
  writeRawTree,
} from './demo/index.ts';
export { type DatasetDescription, describeDataset } from './describe.ts';
export { importDataset } from './import/import.ts';
export type { ImportOptions } from './import/import-options.ts';
export { littleE2e } from './little.ts';
export { makeDataset } from './make-dataset.ts';
export { OUTCOMES } from './requests.ts';
export { contextSource, contextsOf, knowsRequests, requestsOfRows } from './request-state.ts';
export { reductionOfTable, type TableReduction, withReductionColumns } from './table-reductions.ts';
export type { ServerSettings } from './server-settings.ts';
export { SPLITS, splitCounts, splitRanges } from './split.ts';
export { DATASET_FILE, loadDataset, saveDataset, TEST_ACCESS_FILE } from './store.ts';
export {
  OBSERVED,
  type Observations,
  type Observed,
  type RegressionTable,
  SYSTEM_PARTS,
  type SystemKeys,
  type SystemPart,
  type TableExperiment,
  type TableFloor,
} from './table.ts';
export { cyclePairs } from './signal/cycles.ts';
export { reconcile } from './signal/reconcile.ts';
export { targetRows } from './target.ts';
export { type Journey, journeysOf, readJourneys } from './journeys.ts';
export { traceFiles } from './otlp/trace-files.ts';
export { floorsOf } from './floors.ts';
export { FORMATS } from './sources/formats.ts';
export { readServerFile } from './sources/server-file.ts';
export { type EngineChanges, engineOf } from './replay/engine-of.ts';
export { REPLAY_STEPS } from './replay/reference.ts';
export { observationsOf } from './replay/observations-of.ts';
export { systemKeys } from './system-keys.ts';
export { type ClientLoad, clientLoad } from './clients/client-load.ts';
export { servedRows } from './clients/served-rows.ts';
export { areManyFailed, whyUnsteady } from './clients/unsteady.ts';
export type { LatencyFigures } from './clients/latency-figures.ts';
export type { ClientReport, LoadProfile } from './clients/load-profile.ts';
export { type ClientOverheads, NO_OVERHEADS } from './clients/overheads.ts';
export { withoutTests } from './clients/without-tests.ts';
export { replayWith } from './replay/reconstruct.ts';
export { withReplays } from './replay/with-replays.ts';
