import type { BySplit, LatencyCheck, ValidateDocument } from '../app/index.ts';
import type { Checked, Figures, HoldOutCheck, Intervals, InvariantReport, LoadCheck } from '../baselines/index.ts';
import { beyondText } from './beyond-text.ts';
import { closedLoopSections } from './closed-loop-text.ts';
import { learningCurveSections } from './learning-curve-text.ts';
import { transferSections } from './transfer-text.ts';
import { nestedSections } from './nested-text.ts';
import { firstEntries, namedEntries } from '../evaluate/index.ts';
import { formatPercent, type MetricsRow, metricsTable, renderTable } from '../report/index.ts';

type Cells = readonly string[];

/** A validation for the terminal. */
export function validationText(report: ValidateDocument): string {
  const rows = firstEntries(report.experiments).reduce((sum, experiment) => sum + experiment.rows, 0);
  return [
    metricsTable([
      ...namedEntries(report.experiments),
      // One group is its own mean.
      ...(report.experiments.length > 1 || !isOfTable(report)
        ? [averageRow('mean', rows, report.mean), averageRow('median', rows, report.median)]
        : []),
    ]),
    ...(report.intervals.byExperiment.length === 0
      ? []
      : [
          section(
            `95 % intervals of ${isOfTable(report) ? 'the mean absolute error' : 'MAPE'}, by bootstrap over rows and over blocks of neighbouring rows:`,
            intervals(report),
          ),
        ]),
    ...closedLoopSections(report),
    section('From the rows that were fitted on to rows that nothing saw:', gap(report.gap, isOfTable(report))),
    ...generalisationSections(report),
    ...beyondText(report),
    ...nestedSections(report),
    ...learningCurveSections(report),
    ...transferSections(report.transfer),
    ...(report.invariants === undefined ? [] : [section('Invariants:', invariants(report.invariants))]),
    ...(report.littlesLaw === undefined
      ? []
      : [
          section(
            "Mean end-to-end latency of the whole experiment, by Little's law from the predicted steps:",
            latency(report.littlesLaw),
          ),
        ]),
  ].join('\n\n');
}

function generalisationSections({ generalisation }: ValidateDocument): readonly string[] {
  if (generalisation === undefined) return [];
  return [
    section(
      'Each model held out; constants from the training rows of all others together. The structure was chosen with all of them:',
      holdOut(generalisation.leaveOneModelOut),
    ),
    section(
      'Each workload held out; constants of the group without it, or of the pooled fit:',
      holdOut(generalisation.leaveOneWorkloadOut),
    ),
    section(
      'Each kind of GPU held out; constants from the training rows of all others together:',
      holdOut(generalisation.leaveOneGpuOut),
    ),
    section(
      'The experiments of the highest loads of each model held out together; constants of the group without them:',
      holdOut(generalisation.leaveHighLoadOut),
    ),
    section(
      'Constants from light batches alone (up to the median number of requests), test rows above:',
      load(generalisation.lowToHighLoad),
    ),
  ];
}

function isOfTable({ experiments }: ValidateDocument): boolean {
  return experiments.some(({ rmse }) => rmse !== undefined);
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function averageRow(id: string, rows: number, figures: Figures): MetricsRow {
  return { id, rows, ...figures };
}

function table(first: string, numbers: Cells, rows: readonly Cells[]): string {
  return renderTable([{ header: first }, ...numbers.map((header) => ({ header, align: 'right' as const }))], rows);
}

function intervals({ intervals: { meanMape, byExperiment } }: ValidateDocument): string {
  const span = ({ low, high }: Intervals['rows']): string => `${formatPercent(low)}–${formatPercent(high)}`;
  return table(
    'experiment',
    ['rows', 'blocks'],
    [...byExperiment, { id: 'mean', ...meanMape }].map(({ id, rows, blocks }) => [id, span(rows), span(blocks)]),
  );
}

function gap(gaps: ValidateDocument['gap'], isTable: boolean): string {
  const line = (name: string, { train, valid, test }: BySplit): Cells => [
    name,
    ...[train, valid, test, test - train].map(formatPercent),
  ];
  return table(
    'error %',
    ['train', 'valid', 'test', 'test − train'],
    isTable
      ? [line('objective', gaps.objective), line('mean absolute', gaps.mape)]
      : [line('MAPE', gaps.mape), line('E2E', gaps.e2eError), line('objective', gaps.objective)],
  );
}

function holdOut(check: Checked<HoldOutCheck>): string {
  if ('impossible' in check) return `not possible: ${check.impossible}`;
  const rows = check.folds.flatMap(({ heldOut, problem, experiments, blackbox }) =>
    problem === null
      ? experiments.map((own, at) => [heldOut, own.id, ...errors(own), formatPercent(blackbox[at]?.mape ?? Number.NaN)])
      : [[heldOut, problem, '–', '–', '–', '–']],
  );
  if (rows.length === 0) return 'no steps were recorded; see the closed loop above';
  return renderTable(
    [
      { header: 'held out' },
      { header: 'experiment' },
      ...['MAPE %', 'MSPE %', 'E2E %', 'blackbox MAPE %'].map((header) => ({ header, align: 'right' as const })),
    ],
    [...rows, ['mean', '', ...errors(check.mean), formatPercent(check.blackboxMean.mape)]],
  );
}

function errors({ mape, mspe, e2eError }: Pick<Figures, 'mape' | 'mspe' | 'e2eError'>): Cells {
  return [mape, mspe, e2eError].map(formatPercent);
}

function load(check: Checked<LoadCheck>): string {
  if ('impossible' in check) return `not possible: ${check.impossible}`;
  const known = new Map(check.fitted.map((each) => [each.id, each.mape]));
  return table(
    'experiment',
    ['requests up to', 'rows above', 'MAPE %', 'MSPE %', 'E2E %', 'MAPE % if fitted on all'],
    [
      ...check.extrapolated.map((each) => [
        each.id,
        String(check.limits[each.id]),
        String(each.rows),
        ...errors(each),
        formatPercent(known.get(each.id) ?? Number.NaN),
      ]),
      ['mean', '', '', ...errors(check.mean), formatPercent(check.fittedMean.mape)],
    ],
  );
}

function invariants(report: InvariantReport): string {
  const positive = report['INV-M-1'];
  const monotone = report['INV-M-5'];
  const bias = report['INV-M-6'];
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const lines: readonly (readonly [name: string, holds: boolean, figure: string])[] = [
    ['INV-M-1 positive', positive.holds, positivityText(positive)],
    ['INV-M-2 deterministic', report['INV-M-2'].holds, `${report['INV-M-2'].differingTestRows} test rows differed`],
    ['INV-M-3 pure', report['INV-M-3'].holds, 'bits of the columns compared after evaluation'],
    [
      'INV-M-4 under 1 ms',
      report['INV-M-4'].holds,
      `${report['INV-M-4'].medianUs.toFixed(0)} µs for ${report['INV-M-4'].requests} requests, interpreted`,
    ],
    [
      'INV-M-5 monotone',
      monotone.holds,
      `${monotone.flatStretches} of ${monotone.floorRises} rises of the floor flat; smaller with more prefill tokens ${share(monotone.prefillTokens)}, one more decode ${share(monotone.decodeRequests)}, more context ${share(monotone.context)} of pairs; together ${share(monotone.violations)}, bound 5 %`,
    ],
    [
      'INV-M-6 unbiased',
      bias.holds,
      `mean MSPE ${bias.meanMspe.toFixed(2)} %, bound 5 %; ${bias.outside} experiments outside${bias.worst === null ? '' : `, worst ${bias.worst.mspe.toFixed(1)} % (${bias.worst.id})`}`,
    ],
  ];
  return renderTable(
    [{ header: 'invariant' }, { header: 'holds' }, { header: 'figure' }],
    lines.map(([name, holds, figure]) => [name, holds ? 'yes' : 'no', figure]),
  );
}

function positivityText({ groups, nonPositiveTestRows }: InvariantReport['INV-M-1']): string {
  const proved = groups.filter(({ verdict }) => verdict === 'proved').length;
  const smallest = groups.flatMap(({ group, smallestFound }) =>
    smallestFound === null
      ? []
      : [
          `${group}: ${smallestFound.us?.toPrecision(3) ?? 'no finite number of'} µs at ${batchText(smallestFound.batch)}`,
        ],
  );
  const found = smallest.length === 0 ? '' : `; smallest found ${smallest.join('; ')}`;
  return `proved by intervals for ${proved} of ${groups.length} groups, ${nonPositiveTestRows} test rows not positive${found}`;
}

function batchText(batch: Readonly<Record<string, number>>): string {
  return Object.entries(batch)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function latency(checks: readonly LatencyCheck[]): string {
  return table(
    'experiment',
    ['predicted ms', 'measured ms', 'error %', '± (sampling)', 'completions'],
    checks.map((entry) => [
      entry.id,
      entry.predictedE2eMs.toFixed(0),
      entry.measuredE2eMs.toFixed(0),
      entry.error.toFixed(1),
      entry.standardError.toFixed(1),
      String(entry.completions),
    ]),
  );
}
