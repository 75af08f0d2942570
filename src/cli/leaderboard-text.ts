import type { LeaderboardRow } from '../baselines/index.ts';
import { formatPercent, renderTable, type TableColumn } from '../report/index.ts';

const COLUMNS: readonly (TableColumn & { readonly cell: (row: LeaderboardRow) => string })[] = [
  { header: 'predictor', cell: ({ kind, name }) => (kind === 'winner' ? `* ${name}` : name) },
  right('MAPE %', ({ mean }) => formatPercent(mean.mape)),
  right('95 % interval', ({ mapeIntervals: { rows } }) => `${formatPercent(rows.low)}–${formatPercent(rows.high)}`),
  right('median', ({ median }) => formatPercent(median.mape)),
  right('<10', ({ under }) => String(under['10'])),
  right('<15', ({ under }) => String(under['15'])),
  right('<25', ({ under }) => String(under['25'])),
  right('MSPE %', ({ mean }) => formatPercent(mean.mspe)),
  right('r', ({ mean }) => mean.pearson?.toFixed(3) ?? '–'),
  right('p99 %', ({ mean }) => formatPercent(mean.p99)),
  right('E2E %', ({ mean }) => formatPercent(mean.e2eError)),
  right('TTFT %', ({ mean }) => formatPercent(mean.ttftError)),
  right('ITL %', ({ mean }) => formatPercent(mean.itlError)),
  right('p', ({ versusBest }) => (versusBest === null ? '–' : formatP(versusBest.mape.p))),
  right('effect', ({ versusBest }) => (versusBest === null ? '–' : versusBest.mape.effect.toFixed(2))),
  right('params', ({ parameters }) => String(parameters)),
  right('fit s', ({ fitSeconds }) => (fitSeconds === null ? '–' : fitSeconds.toFixed(2))),
  right('µs/step', ({ predictUsPerStep }) => predictUsPerStep?.toFixed(2) ?? '–'),
  { header: 'fitted on', cell: ({ fittedOn }) => fittedOn },
];

function right(
  header: string,
  cell: (row: LeaderboardRow) => string,
): TableColumn & { readonly cell: (row: LeaderboardRow) => string } {
  return { header, align: 'right', cell };
}

/** A probability to three decimals. */
function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** The leaderboard as a table for the terminal. */
export function leaderboardTable(rows: readonly LeaderboardRow[]): string {
  return renderTable(
    COLUMNS,
    rows.map((row) => COLUMNS.map(({ cell }) => cell(row))),
  );
}

/** The same as a Markdown table. */
export function leaderboardMarkdown(rows: readonly LeaderboardRow[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(COLUMNS.map(({ header }) => header)),
    line(COLUMNS.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(COLUMNS.map(({ cell }) => cell(row).replaceAll('|', '\\|')))),
  ].join('\n');
}

/** How the run's pick does against the best baseline, in a sentence; nothing where there is no run. */
export function winnerText(rows: readonly LeaderboardRow[]): readonly string[] {
  return rows.flatMap(({ kind, name, versusBest }) => {
    if (kind !== 'winner' || versusBest === null) return [];
    const { against, mape, mapeDifference, mapeDifferenceInterval: between } = versusBest;
    const signed = (value: number | null): string =>
      value === null ? '–' : `${value > 0 ? '+' : ''}${value.toFixed(2)}`;
    return [
      `The pick, ${name}, against ${against}: MAPE ${signed(mapeDifference)} points, 95 % interval ${signed(between.low)} to ${signed(between.high)} over paired blocks of rows; p ${formatP(mape.p)}, effect ${mape.effect.toFixed(2)} over ${mape.pairs} experiments.`,
    ];
  });
}

/** What the columns mean. */
export function leaderboardLegend(bestBaseline: string | null, experiments: number): string {
  const least = 2 / 2 ** experiments;
  return [
    "* the run's pick. All errors on test rows, unweighted means over experiments; <10, <15, <25: experiments with a MAPE under that; interval: bootstrap over rows (over blocks of neighbours: --json).",
    bestBaseline === null
      ? 'No baseline predicts every experiment, so nothing is compared.'
      : `p, effect: Wilcoxon signed-rank test on MAPE over ${experiments} experiments against ${bestBaseline}, the best baseline; a positive effect is in the row's favour. ${experiments} experiments cannot give a p below ${formatP(Math.min(1, least))}.`,
  ].join('\n');
}
