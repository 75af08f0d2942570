import type { ValidateDocument } from '../app/index.ts';
import type { Checked, HoldOutCheck, LatencyErrors, LoopErrors } from '../baselines/index.ts';
import { formatNumber, formatPercent, renderTable } from '../report/index.ts';

type Cells = readonly string[];
type Loop = NonNullable<ValidateDocument['closedLoop']>['experiments'][number];

const LATENCIES = [
  ['TTFT', 'ttftMs', 'ttft'],
  ['ITL', 'itlMs', 'itl'],
  ['E2E', 'e2eMs', 'e2e'],
] as const;
const ERRORS: readonly (keyof LatencyErrors)[] = ['ttft', 'itl', 'e2e', 'e2eP90'];
const HEADERS: Cells = ['TTFT %', 'ITL %', 'E2E %', 'E2E p90 %'];

/** A program in closed loop, for the terminal: on the test requests, and on those of experiments that it was fitted without. */
export function closedLoopSections({ closedLoop, generalisation }: ValidateDocument): Cells {
  if (closedLoop === null) return [];
  const { experiments, mean, median, missing } = closedLoop;
  const counted = experiments.filter(({ saturated }) => !saturated);
  const saturated = experiments.filter((loop) => loop.saturated);
  const table = (rows: readonly Cells[]): string =>
    renderTable(
      columns(['experiment'], [...LATENCIES.flatMap(([name]) => [`${name} ms`, 'clients', '%']), 'E2E p90 %']),
      rows,
    );
  return [
    section(
      'Closed loop: means of what clients see when the requests are served with these step times, and of what they measured:',
      table([...counted.map(loopRow), averageRow('mean of |%|', mean), averageRow('median of |%|', median)]),
    ),
    ...(saturated.length > 0
      ? [
          section(
            'The server was not up to its load as it was measured: requests failed or queued most of their time; in no average:',
            table(saturated.map(loopRow)),
          ),
        ]
      : []),
    ...(Object.keys(missing).length > 0
      ? [
          section(
            'Not served:',
            Object.entries(missing)
              .map(([id, why]) => `${id}: ${why}`)
              .join('\n'),
          ),
        ]
      : []),
    ...heldOutSections(generalisation),
  ];
}

function heldOutSections(generalisation: ValidateDocument['generalisation']): readonly string[] {
  if (generalisation === undefined) return [];
  return [
    ...heldOutSection(
      'Closed loop of workloads that were held out; constants of the group without them, or of the pooled fit:',
      generalisation.leaveOneWorkloadOut,
    ),
    ...heldOutSection(
      'Closed loop of models that were held out; constants of all others together:',
      generalisation.leaveOneModelOut,
    ),
    ...heldOutSection(
      'Closed loop of kinds of GPU that were held out; constants of all others together:',
      generalisation.leaveOneGpuOut,
    ),
    ...heldOutSection(
      'Closed loop of the highest loads, held out together; constants of the group without them:',
      generalisation.leaveHighLoadOut,
    ),
  ];
}

function loopRow({ id, judgedOn, measured, simulated, error }: Loop): Cells {
  return [
    judgedOn === 'report' ? `${id} (report)` : id,
    ...LATENCIES.flatMap(([, name, short]) => [
      formatNumber(simulated[name]?.mean ?? null),
      formatNumber(measured?.[name]?.mean ?? null),
      signed(error?.[short]?.mean ?? null),
    ]),
    signed(error?.e2e?.p90 ?? null),
  ];
}

function averageRow(name: string, errors: LatencyErrors): Cells {
  return [
    name,
    ...LATENCIES.flatMap(([, , short]) => ['', '', formatPercent(errors[short])]),
    formatPercent(errors.e2eP90),
  ];
}

function heldOutSection(title: string, check: Checked<HoldOutCheck>): Cells {
  if ('impossible' in check || check.closedLoop === null) return [];
  const { mean, median } = check.closedLoop;
  const loops = check.folds.flatMap(({ heldOut, closedLoop }) => closedLoop.map((loop) => ({ heldOut, loop })));
  const rowsOf = (isSaturated: boolean): readonly Cells[] =>
    loops
      .filter(({ loop }) => loop.saturated === isSaturated)
      .map(({ heldOut, loop }) => [heldOut, nameOf(loop), ...ERRORS.map((name) => signed(loop[name]))]);
  const average = (name: string, errors: LatencyErrors): Cells => [
    name,
    '',
    ...ERRORS.map((each) => formatPercent(errors[each])),
  ];
  return [
    section(
      title,
      renderTable(columns(['held out', 'experiment'], HEADERS), [
        ...rowsOf(false),
        average('mean of |%|', mean),
        average('median of |%|', median),
        ...rowsOf(true),
      ]),
    ),
  ];
}

function nameOf({ id, saturated }: LoopErrors): string {
  return saturated ? `${id} (saturated)` : id;
}

function columns(words: Cells, numbers: Cells): readonly { readonly header: string; readonly align?: 'right' }[] {
  return [...words.map((header) => ({ header })), ...numbers.map((header) => ({ header, align: 'right' as const }))];
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function signed(value: number | null): string {
  return value === null ? '–' : `${value > 0 ? '+' : ''}${formatPercent(value)}`;
}
