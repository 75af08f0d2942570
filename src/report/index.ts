export { baselineReferences } from './baseline-references.ts';
export { barText } from './bars.ts';
export { type ConstantsRow, constantsTable } from './constants.ts';
export { csvText } from './csv.ts';
export { type DiffPart, diffWords, functionText } from './diff.ts';
export { formatNumber, formatPercent, formatSeconds } from './format.ts';
export { frontierCsv, type FrontierRow, frontierTable } from './frontier.ts';
export { type FrontPlotPoint, frontierPlot } from './frontier-plot.ts';
export { readHistory } from './history.ts';
export type {
  GenerationFigures,
  Improvement,
  LoggedProgram,
  LoggedSeed,
  OperatorFigures,
  RejectionFigures,
  RunHistory,
} from './history-figures.ts';
export type { Page } from './html/document.ts';
export { loadPage, type RenderPage } from './html/load-page.ts';
export type { PageOptions } from './html/page.ts';
export { type KneePoint, kneeOf, lowerEnvelope } from './knee.ts';
export { type LineageStep, lineageOf } from './lineage.ts';
export { type LiveServer, serveRuns, type ServeOptions } from './live/serve.ts';
export { metricsCsv, type MetricsRow, metricsTable } from './metrics.ts';
export { predictTable } from './predictions.ts';
export { type ProgramDocument, programDocument } from './program-document.ts';
export {
  type ProgramReport,
  type Reference,
  ReportCollector,
  type ReportData,
  type ReportSource,
} from './report-data.ts';
export { KEPT_PREFIX, type ReproduceCommand, reproduceCommands, shellLine } from './reproduce.ts';
export {
  type DensityCell,
  type PartFigures,
  type ResidualBin,
  type ResidualFigures,
  type RowFigures,
  rowFigures,
} from './row-figures.ts';
export { renderTable, type TableColumn } from './table.ts';
export { sourceWithFits } from './source-with-fits.ts';
