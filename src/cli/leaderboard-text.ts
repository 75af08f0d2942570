import type { LeaderboardRow } from '../baselines/index.ts';
import { formatPercent, renderTable, type TableColumn } from '../report/index.ts';

type Column = TableColumn & { readonly cell: (row: LeaderboardRow) => string };

const NAME: Column = { header: 'predictor', cell: ({ kind, name }) => (kind === 'winner' ? `* ${name}` : name) };

/** The figures of a leaderboard, in tables that a terminal has room for. */
const TABLES: readonly { readonly title: string; readonly columns: readonly Column[] }[] = [
  {
    title: 'Latencies of the test requests in closed loop, against what clients measured; and step times',
    columns: [
      right('E2E %', ({ closedLoop }) => formatPercent(closedLoop?.mean.e2e ?? null)),
      right('TTFT %', ({ closedLoop }) => formatPercent(closedLoop?.mean.ttft ?? null)),
      right('ITL %', ({ closedLoop }) => formatPercent(closedLoop?.mean.itl ?? null)),
      right('E2E p90 %', ({ closedLoop }) => formatPercent(closedLoop?.mean.e2eP90 ?? null)),
      right('MAPE %', ({ mean }) => formatPercent(mean.mape)),
      right('95 % interval', ({ mean, mapeIntervals: { rows } }) =>
        mean.mape === null ? NONE : `${formatPercent(rows.low)}–${formatPercent(rows.high)}`,
      ),
      right('p', ({ versusBest }) => (versusBest === null ? NONE : formatP(versusBest.mape.p))),
      right('effect', ({ versusBest }) => (versusBest === null ? NONE : versusBest.mape.effect.toFixed(2))),
    ],
  },
  {
    title: 'Step times',
    columns: [
      right('median', ({ median }) => formatPercent(median.mape)),
      ...(['10', '15', '25'] as const).map((bound) =>
        right(`<${bound}`, ({ mean, under }) => (mean.mape === null ? NONE : String(under[bound]))),
      ),
      right('MSPE %', ({ mean }) => formatPercent(mean.mspe)),
      right('r', ({ mean }) => mean.pearson?.toFixed(3) ?? NONE),
      right('p99 %', ({ mean }) => formatPercent(mean.p99)),
      right('request-', ({ mean }) => formatPercent(mean.e2eError)),
      right('prefill-', ({ mean }) => formatPercent(mean.prefillWeightedError)),
      right('decode-weighted %', ({ mean }) => formatPercent(mean.decodeWeightedError)),
    ],
  },
  {
    title: 'Fits',
    columns: [
      right('params', ({ parameters }) => String(parameters)),
      right('fit s', ({ fitSeconds }) => (fitSeconds === null ? NONE : fitSeconds.toFixed(2))),
      right('µs/step', ({ predictUsPerStep }) => predictUsPerStep?.toFixed(2) ?? NONE),
      { header: 'fitted on', cell: ({ fittedOn }) => fittedOn },
    ],
  },
];

const NONE = '–';

function right(header: string, cell: (row: LeaderboardRow) => string): Column {
  return { header, align: 'right', cell };
}

/** A probability to three decimals. */
function formatP(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

interface Shown {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly cells: readonly (readonly string[])[];
}

/** The tables with the columns in which there is anything. */
function shownTables(rows: readonly LeaderboardRow[]): readonly Shown[] {
  return TABLES.flatMap(({ title, columns }) => {
    const shown = columns.filter(({ cell }) => rows.some((row) => cell(row) !== NONE));
    if (shown.length === 0) return [];
    const all = [NAME, ...shown];
    return [{ title, columns: all, cells: rows.map((row) => all.map(({ cell }) => cell(row))) }];
  });
}

/** The leaderboard as tables for the terminal. */
export function leaderboardTable(rows: readonly LeaderboardRow[]): string {
  return shownTables(rows)
    .map(({ title, columns, cells }) => `${title}:\n${renderTable(columns, cells)}`)
    .join('\n\n');
}

/** The same as Markdown. */
export function leaderboardMarkdown(rows: readonly LeaderboardRow[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return shownTables(rows)
    .map(({ title, columns, cells }) =>
      [
        `## ${title}`,
        '',
        line(columns.map(({ header }) => header)),
        line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
        ...cells.map((row) => line(row.map((cell) => cell.replaceAll('|', '\\|')))),
      ].join('\n'),
    )
    .join('\n\n');
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
export function leaderboardLegend(rows: readonly LeaderboardRow[], bestBaseline: string | null): string {
  const experiments = Math.max(0, ...rows.map((row) => row.experiments.length));
  return [
    "* the run's pick. All errors are on test rows and test requests, unweighted means over experiments.",
    ...closedLoopLegend(rows),
    ...(experiments === 0 ? [] : stepLegend(bestBaseline, experiments)),
  ].join('\n');
}

function closedLoopLegend(rows: readonly LeaderboardRow[]): readonly string[] {
  const loops = rows.flatMap(({ closedLoop }) => closedLoop?.experiments ?? []);
  if (loops.length === 0) return [];
  const idsOf = (isWanted: (loop: (typeof loops)[0]) => boolean): string =>
    [...new Set(loops.filter(isWanted).map(({ id }) => id))].join(', ');
  const saturated = idsOf((loop) => loop.saturated);
  const reported = idsOf(({ judgedOn }) => judgedOn === 'report');
  return [
    'E2E, TTFT, ITL: absolute error of the mean latency when the requests are served with the step times of the row; p90: of the 90th percentile.',
    ...(reported === '' ? [] : [`Held against figures of whole runs, as no single request was logged: ${reported}.`]),
    ...(saturated === ''
      ? []
      : [`The server was not up to the load, so in no average (--json has them): ${saturated}.`]),
  ];
}

function stepLegend(bestBaseline: string | null, experiments: number): readonly string[] {
  const least = 2 / 2 ** experiments;
  return [
    '<10, <15, <25: experiments with a MAPE under that; interval: bootstrap over rows (over blocks of neighbours: --json).',
    'request-, prefill-, decode-weighted: error of the sum over steps weighted by such requests.',
    bestBaseline === null
      ? 'No baseline predicts every experiment, so nothing is compared.'
      : `p, effect: Wilcoxon signed-rank test on MAPE over ${experiments} experiments against ${bestBaseline}, the best baseline; a positive effect is in the row's favour. ${experiments} experiments cannot give a p below ${formatP(Math.min(1, least))}.`,
  ];
}
