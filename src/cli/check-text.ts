import type { CheckDocument } from '../app/index.ts';
import type { CheckedPart, DriftVerdict } from '../baselines/index.ts';
import { formatNumber, renderTable } from '../report/index.ts';

type Cells = readonly string[];

const MEANINGS: { readonly [V in DriftVerdict]: string } = {
  holds: 'it is no further off than when it was exported',
  drifts: 'it is further off than when it was exported, where it was fitted too',
  outside: 'errors, or most of the data, lie where nothing was fitted',
};

/** Whether an export holds, for the terminal, in lines of 80 characters. */
export function checkText(document: CheckDocument): string {
  const { verdict, experiments, regimes, outside, missing, foreign, tolerancePoints } = document;
  return [
    `${verdict.toUpperCase()}: ${MEANINGS[verdict]}.`,
    `Program ${document.program} of run ${document.run}, exported to ${document.export}, on\n${
      document.rows === 'test'
        ? 'the test rows of the data that it was fitted on'
        : `all rows of ${document.data.source}`
    }`,
    section(
      'Experiments: MAPE and bias at the export and now, % of what was measured; drift:\nchange of the bias, 95 % interval; out: batches outside of what was fitted:',
      experimentTable(experiments),
    ),
    ...(regimes.length === 0
      ? []
      : [section('Regimes, over all of them:', partTable(regimes.map((each) => [each.regime, each])))]),
    `A change for the worse counts beyond ${tolerancePoints} points, if its interval does not hold 0.`,
    ...(outside.length === 0
      ? []
      : [
          section(
            'Features beyond the middle 99 % of the rows that were fitted:',
            renderTable(
              [
                { header: 'feature' },
                { header: 'batches %', align: 'right' },
                { header: 'fitted', align: 'right' },
                { header: 'now', align: 'right' },
              ],
              outside.map(({ feature, percent, fitted, now }) => [
                feature.length > 30 ? `${feature.slice(0, 29)}…` : feature,
                signed(percent),
                span(fitted),
                span(now),
              ]),
            ),
          ),
        ]),
    ...listed(
      'Not judged:',
      Object.entries(missing).map(([id, why]) => `${id}: ${why}`),
    ),
    ...listed('Of models that the export has no constants for:', foreign),
  ].join('\n\n');
}

/** What an experiment without step records is judged by. */
const BASES = { steps: '', requests: ' (requests, closed loop)', report: ' (report, closed loop)' } as const;

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

function listed(title: string, lines: Cells): Cells {
  return lines.length === 0 ? [] : [section(title, lines.map((line) => `  ${line}`).join('\n'))];
}

/** Names are longer than a column of a table may be, and stand above their rows. */
function experimentTable(experiments: CheckDocument['experiments']): string {
  const [head = '', rule = '', ...rows] = partTable(experiments.map((each) => ['', each])).split('\n');
  return [head, rule, ...rows.flatMap((row, at) => [nameOf(experiments[at]!), row])].join('\n');
}

function nameOf({ id, basis }: CheckDocument['experiments'][number]): string {
  return `${id}${BASES[basis]}`;
}

function partTable(parts: readonly (readonly [name: string, part: CheckedPart])[]): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  return renderTable(
    [
      ...(parts.every(([name]) => name === '') ? [] : [{ header: 'regime' }]),
      ...['rows', 'MAPE', 'now', 'bias', 'now', 'drift', 'out %'].map(right),
      { header: '' },
    ],
    parts.map(([name, { now, atExport, drift, outside, verdict }]) => [
      ...(name === '' ? [] : [name]),
      String(now.rows),
      atExport === null ? '–' : signed(atExport.mape),
      signed(now.mape),
      atExport === null ? '–' : signed(atExport.bias),
      signed(now.bias),
      drift.low === null || drift.high === null ? signed(drift.points) : `${signed(drift.low)} … ${signed(drift.high)}`,
      signed(outside),
      verdict ?? 'too few',
    ]),
  );
}

function signed(value: number): string {
  const text = value.toFixed(1);
  return text === '-0.0' ? '0.0' : text.replace('-', '−');
}

function span([low, high]: readonly [number, number]): string {
  return `${formatNumber(low)} – ${formatNumber(high)}`;
}
