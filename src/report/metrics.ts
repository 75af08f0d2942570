import type { ExperimentMetrics } from '../evaluate/index.ts';
import { csvText } from './csv.ts';
import { formatPercent } from './format.ts';
import { renderTable } from './table.ts';

type Named = 'id' | 'rows' | 'e2eBlockError' | 'requests' | 'rmse' | 'r2';

/** Errors of one experiment, or of all of them together; null where there is none. */
export type MetricsRow = Pick<ExperimentMetrics, 'id' | 'rows' | 'requests' | 'rmse' | 'r2'> & {
  readonly [F in Exclude<keyof ExperimentMetrics, Named>]: number | null;
};

/** The figures of an experiment, those of observed requests last. */
const FIGURES: Readonly<Record<string, { readonly header: string; readonly of: (row: MetricsRow) => number | null }>> =
  {
    mape: { header: 'MAPE %', of: ({ mape }) => mape },
    mspe: { header: 'MSPE %', of: ({ mspe }) => mspe },
    pearson: { header: 'r', of: ({ pearson }) => pearson },
    p99: { header: 'p99 %', of: ({ p99 }) => p99 },
    e2eError: { header: 'E2E %', of: ({ e2eError }) => e2eError },
    prefillWeightedError: { header: 'prefill-wtd %', of: ({ prefillWeightedError }) => prefillWeightedError },
    decodeWeightedError: { header: 'decode-wtd %', of: ({ decodeWeightedError }) => decodeWeightedError },
    ttftError: { header: 'TTFT %', of: ({ requests }) => requests?.ttftError ?? null },
    itlError: { header: 'ITL %', of: ({ requests }) => requests?.itlError ?? null },
  };

/** Errors by experiment as a table; a figure that no row has is left out. */
export function metricsTable(rows: readonly MetricsRow[]): string {
  const shown = Object.entries(FIGURES).filter(([, { of }]) => rows.some((row) => of(row) !== null));
  return renderTable(
    [
      { header: 'experiment' },
      { header: 'rows', align: 'right' },
      ...shown.map(([, { header }]) => ({ header, align: 'right' as const })),
    ],
    rows.map((row) => [
      row.id,
      String(row.rows),
      ...shown.map(([name, { of }]) => (name === 'pearson' ? (of(row)?.toFixed(3) ?? '–') : formatPercent(of(row)))),
    ]),
  );
}

/** Errors by experiment as comma-separated values, numbers at full precision; `split` is the rows they are of. */
export function metricsCsv(parts: readonly { readonly split: string; readonly rows: readonly MetricsRow[] }[]): string {
  const figures = Object.entries(FIGURES);
  return csvText(
    ['experiment', 'split', 'rows', ...figures.map(([name]) => name)],
    parts.flatMap(({ split, rows }) =>
      rows.map((row) => [row.id, split, row.rows, ...figures.map(([, { of }]) => of(row))]),
    ),
  );
}
