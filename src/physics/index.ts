export { type Architecture, ENGINES, type LayerGroup, type ServingContext } from './architecture.ts';
export { architecture, hardware, hardwareName, shippedHardware, shippedModels } from './catalog.ts';
export { featuresOfBatches } from './batch-features.ts';
export { batchGraph, SUM_NAMES } from './batch-graph.ts';
export { type BatchGrid, batchGrid, type BatchLimits, type CurveName } from './batch-grid.ts';
export { computeFeatures, featuresOfSums } from './compute.ts';
export { CONTEXT_SUMS, contextSums, requestCounts } from './contexts.ts';
export type {
  ContextSource,
  ContextSums,
  FeatureKind,
  MeasuredName,
  RecordedSum,
  StateFigure,
} from './feature.ts';
export { checkDeployment, deploymentName, spreadOf } from './deployment.ts';
export { ceilingUs, floorUs } from './floor.ts';
export { featureGraph } from './feature-graph.ts';
export { allFeatures, featureTable } from './feature-table.ts';
export { availableFeatures, everyFeature, FEATURES, visibleFeatures } from './features.ts';
export type { GoAccessor } from './go-accessor.ts';
export { type GoDefinition, type GoExtraction, goExtraction } from './go.ts';
export { HARDWARE, type Hardware, readHardware } from './hardware.ts';
export { canonicalModelName, readHuggingFaceConfig } from './hugging-face.ts';
export { flopsPerToken, kvBytesPerToken, modelCosts, rankWeightBytes, weightBytes } from './model-costs.ts';
export { modelParameters } from './parameters.ts';
export { COMPUTE_TYPES } from './precision.ts';
export { type BatchRequest, featuresOfRequests, requestReductions, requestSums } from './requests.ts';
export { REQUEST_FIELD_NAMES } from './request-fields.ts';
export { requestReducer } from './request-reducer.ts';
export {
  concatRequests,
  gatherRequests,
  reductionColumn,
  type RequestColumn,
  type RequestRows,
  requestRowsOfState,
  requestTable,
} from './request-rows.ts';
export { RequestTally } from './request-tally.ts';
export {
  isRecorded,
  kvTokensOf,
  STEP_COLUMNS,
  type StepColumn,
  type StepColumns,
  unrecorded,
} from './step.ts';
export { SERVED_TYPES, servedAs, type ServedType } from './served-precision.ts';
export type { Deployment } from './spread.ts';
export { type BatchState, STATE_COLUMN_NAMES, type StateColumn } from './state.ts';
export { generateTypes } from './types-text.ts';
