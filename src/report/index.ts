export { type ConstantsRow, constantsTable } from './constants.ts';
export { formatNumber, formatPercent, formatSeconds } from './format.ts';
export { type FrontierRow, frontierTable } from './frontier.ts';
export { type MetricsRow, metricsTable } from './metrics.ts';
export { renderTable, type TableColumn } from './table.ts';
