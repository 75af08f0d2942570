import type { SimulateDocument } from '../app/index.ts';
import type { LatencyFigures } from '../data/index.ts';
import { formatNumber, formatPercent, renderTable, sparkline } from '../report/index.ts';
import { whatIfLines } from './what-if-text.ts';

type Loop = SimulateDocument['experiments'][number];

const LATENCIES = [
  ['TTFT, ms', 'ttftMs', 'ttft'],
  ['ITL, ms', 'itlMs', 'itl'],
  ['E2E, ms', 'e2eMs', 'e2e'],
] as const;
const FIGURES = ['mean', 'p50', 'p90', 'p99'] as const;
/** Longer ids of experiments would break the line. */
const ID_COLUMNS = 30;

/** A closed loop for the terminal: each experiment by itself, then the errors of all where there are several. */
export function simulateText({ experiments, whatIf }: SimulateDocument): string {
  const changes = whatIfLines(whatIf);
  return [
    ...(changes.length === 0 ? [] : ['What nobody measured:', ...changes.map((line) => `- ${line}`), '']),
    ...experiments.flatMap((loop) => [loopText(loop), '']),
    ...(experiments.length > 1 ? [overview(experiments), ''] : []),
    LEGEND,
  ].join('\n');
}

const LEGEND = [
  'TTFT: time to first token; ITL: mean time between the tokens of a request;',
  'E2E: time to last token. Over time: means of equal parts, each row to its most.',
].join('\n');

function overview(experiments: readonly Loop[]): string {
  const isMeasured = experiments.some(({ error }) => error !== null);
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  const unit = isMeasured ? '%' : 'ms';
  return renderTable(
    [
      { header: isMeasured ? 'errors, experiment' : 'experiment' },
      ...LATENCIES.map(([name]) => right(`${name.split(',')[0]} ${unit}`)),
      right(`E2E p90 ${unit}`),
      { header: '' },
    ],
    experiments.map(({ id, error, simulated, saturated }) => [
      shortened(id),
      ...LATENCIES.map(([, ms, short]) => (isMeasured ? signed(error?.[short]?.mean) : shown(simulated[ms]?.mean))),
      isMeasured ? signed(error?.e2e?.p90) : shown(simulated.e2eMs?.p90),
      saturated ? 'saturated' : '',
    ]),
  );
}

function loopText(loop: Loop): string {
  const { id, requests, refused, timeline, saturated, assumed } = loop;
  return [
    `${id}: ${requests} requests`,
    ...(refused > 0 ? [`${refused} of them refused: they need more KV blocks or context than there is`] : []),
    renderTable(
      [{ header: '' }, { header: '' }, ...FIGURES.map((header) => ({ header, align: 'right' as const }))],
      [...latencyRows(loop), ...countRows(loop)],
    ),
    ...intervalLines(loop),
    '',
    timelineText(timeline),
    ...(saturated ? ['Saturated: requests come faster than they are served, so latencies grow', SATURATED] : []),
    ...assumed.map((line) => `assumed ${line}`),
  ].join('\n');
}

function intervalLines({ intervals }: Loop): readonly string[] {
  const known = LATENCIES.flatMap(([name, , short]) => {
    const own = intervals?.[short];
    if (own === null || own === undefined) return [];
    const { low, high, coverage } = own;
    return [`  ${name.split(',')[0]} ${signed(low)}…${signed(high)} %, which ${formatPercent(coverage)} % of these do`];
  });
  return known.length === 0 ? [] : ['of training requests 90 % lie off what is simulated for them by:', ...known];
}

const SATURATED = 'for as long as the load lasts, and small errors of step times grow with them.';

function latencyRows({ measured, simulated, error }: Loop): readonly (readonly string[])[] {
  const cells = (of: LatencyFigures | null | undefined, show: typeof shown): readonly string[] =>
    FIGURES.map((name) => show(of?.[name]));
  return LATENCIES.flatMap(([header, name, short]) => {
    const own = cells(simulated[name], shown);
    if (measured === null) return [[header, '', ...own]];
    return [
      [header, 'measured', ...cells(measured[name], shown)],
      ['', 'simulated', ...own],
      ['', 'error, %', ...cells(error?.[short], signed)],
    ];
  });
}

/** Figures that are one number each. */
function countRows({ measured, simulated }: Loop): readonly (readonly string[])[] {
  const counts = [
    ['requests/s', 'requestsPerS'],
    ['preemptions', 'preemptions'],
  ] as const;
  return counts.flatMap(([header, name]) => {
    const is = simulated[name];
    if (measured === null) return [countRow(header, '', shown(is))];
    const was = measured[name];
    if (was === null) return [countRow(header, 'simulated', shown(is))];
    const error = is === null || was === 0 ? [] : [countRow('', 'error, %', signed(100 * (is / was - 1)))];
    return [countRow(header, 'measured', shown(was)), countRow('', 'simulated', shown(is)), ...error];
  });
}

function countRow(header: string, kind: string, value: string): readonly string[] {
  return [header, kind, value, '', '', ''];
}

function timelineText(timeline: Loop['timeline']): string {
  const { binS, running, waiting, inFlight, measuredInFlight, batchTokens, kvPercent, preemptions } = timeline;
  const mostInFlight = most([...inFlight, ...(measuredInFlight ?? [])]);
  const row = (name: string, values: readonly number[], top = most(values)): readonly string[] => [
    name,
    formatNumber(Number(most(values).toPrecision(3))),
    sparkline(values, top),
  ];
  return renderTable(
    [
      { header: 'over time' },
      { header: 'most', align: 'right' },
      { header: `0 to ${formatNumber(binS * running.length)} s` },
    ],
    [
      row('in flight', inFlight, mostInFlight),
      ...(measuredInFlight === null ? [] : [row('  as measured', measuredInFlight, mostInFlight)]),
      row('running', running),
      row('waiting', waiting),
      row('tokens in a step', batchTokens),
      row('KV blocks, %', kvPercent, 100),
      ...(most(preemptions) > 0 ? [row('preemptions', preemptions)] : []),
    ],
  );
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function shown(value: number | null | undefined): string {
  return formatNumber(value ?? null);
}

function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return `${value > 0 ? '+' : ''}${formatPercent(value)}`;
}

function shortened(id: string): string {
  return id.length <= ID_COLUMNS ? id : `…${id.slice(1 - ID_COLUMNS)}`;
}
