import type { ExperimentMetrics } from '../evaluate/index.ts';
import { csvText } from './csv.ts';
import { formatPercent } from './format.ts';
import { renderTable } from './table.ts';

/** Errors of one experiment, or of all of them together; null where there is none. */
export type MetricsRow = Pick<ExperimentMetrics, 'id' | 'rows'> & {
  readonly [F in Exclude<keyof ExperimentMetrics, 'id' | 'rows' | 'e2eBlockError' | 'requests'>]: number | null;
};

/** Errors by experiment as a table. */
export function metricsTable(rows: readonly MetricsRow[]): string {
  const headers = ['rows', 'MAPE %', 'MSPE %', 'r', 'p99 %', 'E2E %', 'TTFT %', 'ITL %'];
  return renderTable(
    [{ header: 'experiment' }, ...headers.map((header) => ({ header, align: 'right' as const }))],
    rows.map((row) => [
      row.id,
      String(row.rows),
      formatPercent(row.mape),
      formatPercent(row.mspe),
      row.pearson?.toFixed(3) ?? '–',
      ...[row.p99, row.e2eError, row.ttftError, row.itlError].map(formatPercent),
    ]),
  );
}

/** Errors by experiment as comma-separated values, numbers at full precision; `split` is the rows they are of. */
export function metricsCsv(parts: readonly { readonly split: string; readonly rows: readonly MetricsRow[] }[]): string {
  const figures = ['rows', 'mape', 'mspe', 'pearson', 'p99', 'e2eError', 'ttftError', 'itlError'] as const;
  return csvText(
    ['experiment', 'split', ...figures],
    parts.flatMap(({ split, rows }) => rows.map((row) => [row.id, split, ...figures.map((name) => row[name])])),
  );
}
