import type { Checked, TransferReport, TransferRow } from '../baselines/index.ts';
import { formatPercent, renderTable } from '../report/index.ts';

const WAYS = ['model', 'hardware', 'generation', 'engine'] as const;

/** How a way of holding out is called in a heading. */
const HEADS = { model: 'model', hardware: 'GPU', generation: 'generation', engine: 'engine' } as const;

const MEASURED = [
  ['step', 'Step times'],
  ['itl', 'Time between tokens'],
  ['ttft', 'Time to first token'],
  ['e2e', 'End to end'],
] as const;

type Measured = (typeof MEASURED)[number][0];

/** Errors of predictors on what they were fitted without, as tables for the terminal. */
export function transferSections(report: TransferReport | undefined): readonly string[] {
  if (report === undefined) return [];
  const measured = MEASURED.filter(([name]) => report.fitted.some(({ errors }) => errors[name] !== null));
  const [main] = measured;
  return [
    ...measured.map(
      ([name, title]) =>
        `${title}, MAPE % ± half its 95 % interval,\nof fits on all and of fits without each:\n${overview(report, name)}`,
    ),
    ...(main === undefined ? [] : WAYS.flatMap((way) => byPart(report, way, main))),
  ];
}

function rowsOf(check: Checked<readonly TransferRow[]>): readonly TransferRow[] {
  return 'impossible' in check ? [] : check;
}

function overview(report: TransferReport, measured: Measured): string {
  const ways = WAYS.filter((way) => rowsOf(report[way]).length > 0);
  const rows = report.fitted.flatMap((row, at) => {
    const cells = [row, ...ways.map((way) => rowsOf(report[way])[at])].map((each) => cell(each, measured));
    return cells.every((text) => text === NONE)
      ? []
      : [[row.kind === 'program' ? `* ${row.name}` : row.name, ...cells]];
  });
  return renderTable([{ header: 'predictor' }, ...['all', ...ways.map((way) => HEADS[way])].map(right)], rows);
}

const NONE = '–';

/** Baselines that are shown part by part; the document has them all. */
const SHOWN: ReadonlySet<string> = new Set(['roofline-factor', 'linear-components']);

function cell(row: TransferRow | undefined, measured: Measured): string {
  const error = row?.errors[measured];
  if (error === undefined || error === null) return NONE;
  const { mape, low, high } = error;
  return `${formatPercent(mape)}${low === null || high === null ? '' : ` ±${((high - low) / 2).toFixed(1)}`}`;
}

/** The predictors that have some error there, part by part. */
function byPart(
  report: TransferReport,
  way: (typeof WAYS)[number],
  [name, title]: (typeof MEASURED)[number],
): readonly string[] {
  const check = report[way];
  if ('impossible' in check) return [`Without each ${HEADS[way]}: not possible, ${check.impossible}`];
  const shown = check.filter(
    ({ kind, errors, name: own }) => errors[name] !== null && (kind === 'program' || SHOWN.has(own)),
  );
  const [first] = shown;
  if (first === undefined) return [];
  const rows = first.parts.map(({ heldOut, measurements }, at) => [
    heldOut,
    String(measurements),
    ...shown.map(({ parts }) => formatPercent(parts[at]!.errors[name]?.mape ?? Number.NaN)),
  ]);
  return [
    `${title} of each ${HEADS[way]}, MAPE % of fits without it:\n${renderTable(
      [{ header: HEADS[way] }, right('measured'), ...shown.map((each) => right(each.name))],
      rows,
    )}`,
  ];
}

function right(header: string): { readonly header: string; readonly align: 'right' } {
  return { header, align: 'right' };
}
