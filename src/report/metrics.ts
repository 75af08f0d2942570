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

/** The figures of a group of rows of a table. */
const FIGURES_OF_ROWS: typeof FIGURES = {
  rmse: { header: 'RMSE %', of: ({ rmse }) => rmse ?? null },
  mape: { header: 'MAE %', of: ({ mape }) => mape },
  mspe: { header: 'bias %', of: ({ mspe }) => mspe },
  p99: { header: 'p99 %', of: ({ p99 }) => p99 },
  pearson: { header: 'r', of: ({ pearson }) => pearson },
  r2: { header: 'R²', of: ({ r2 }) => r2 ?? null },
};

function figuresOf(rows: readonly MetricsRow[]): typeof FIGURES {
  return rows.some(({ rmse }) => rmse !== undefined) ? FIGURES_OF_ROWS : FIGURES;
}

/** Those that are no percentages, with their digits. */
const DIGITS: Readonly<Record<string, number>> = { pearson: 3, r2: 5 };

/** Errors by experiment as a table; a figure that no row has is left out. */
export function metricsTable(rows: readonly MetricsRow[]): string {
  const figures = figuresOf(rows);
  const shown = Object.entries(figures).filter(([, { of }]) => rows.some((row) => of(row) !== null));
  return renderTable(
    [
      { header: figures === FIGURES ? 'experiment' : 'group' },
      { header: 'rows', align: 'right' },
      ...shown.map(([, { header }]) => ({ header, align: 'right' as const })),
    ],
    rows.map((row) => [
      row.id,
      String(row.rows),
      ...shown.map(([name, { of }]) => {
        const digits = DIGITS[name];
        return digits === undefined ? formatPercent(of(row)) : (of(row)?.toFixed(digits) ?? '–');
      }),
    ]),
  );
}

/** Errors by experiment as comma-separated values, numbers at full precision; `split` is the rows they are of. */
export function metricsCsv(parts: readonly { readonly split: string; readonly rows: readonly MetricsRow[] }[]): string {
  const figures = Object.entries(figuresOf(parts.flatMap(({ rows }) => rows)));
  return csvText(
    ['experiment', 'split', 'rows', ...figures.map(([name]) => name)],
    parts.flatMap(({ split, rows }) =>
      rows.map((row) => [row.id, split, row.rows, ...figures.map(([, { of }]) => of(row))]),
    ),
  );
}
