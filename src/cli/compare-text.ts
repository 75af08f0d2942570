import type { Agreement, CompareDocument } from '../app/index.ts';
import { type Recurrence, RUN_FIGURES, type Spread } from '../baselines/index.ts';
import { shownPoints } from '../evaluate/index.ts';
import { formatNumber, formatPercent, formatSeconds, renderTable } from '../report/index.ts';
import { CURVE_TITLES } from './curve-titles.ts';

const FIGURE_NAMES: { readonly [F in (typeof RUN_FIGURES)[number]]: string } = {
  bestError: 'lowest error %, training rows',
  pickError: 'pick: error %, training rows',
  pickValidationError: 'pick: error %, validation rows',
  pickMape: 'pick: MAPE %, training rows',
  pickOperations: 'pick: operations',
  pickFeatures: 'pick: features',
  pickConstants: 'pick: constants',
  coverage: 'coverage',
  qdScore: 'QD score',
  hypervolume: 'hypervolume',
  evaluated: 'programs evaluated to the end',
  seconds: 'seconds',
};

/** A comparison of runs for the terminal. */
export function comparisonText(comparison: CompareDocument): string {
  const { runs, groups, curves, recurring, differences, agreement = [] } = comparison;
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  const heads = ['seed', 'gen', 'evaluated', 'lowest %', 'pick %', 'valid %', 'ops', 'time'];
  const parts = [
    renderTable(
      [{ header: 'run' }, { header: 'operator' }, { header: 'pick' }, ...heads.map(right)],
      runs.map(({ run, operator, pick, seed, generations, figures }) => [
        run,
        operator,
        pick ?? '–',
        String(seed),
        String(generations),
        String(figures.evaluated),
        ...[figures.bestError, figures.pickError, figures.pickValidationError].map(formatPercent),
        String(figures.pickOperations),
        formatSeconds(figures.seconds),
      ]),
    ),
    `Median and quartiles over runs:\n${renderTable(
      [{ header: 'figure' }, ...groups.map(({ operator, runs: own }) => right(`${operator} (${own.length} runs)`))],
      RUN_FIGURES.map((figure) => [FIGURE_NAMES[figure], ...groups.map(({ figures }) => spreadText(figures[figure]))]),
    )}`,
    `Lowest error % after equal numbers of evaluations, median and quartiles:\n${renderTable(
      [right('evaluations'), ...curves.map(({ operator }) => right(operator))],
      (curves[0]?.points ?? []).map(({ evaluations }, at) => [
        String(evaluations),
        ...curves.map(({ points }) => spreadText(points[at]?.bestError)),
      ]),
    )}`,
    `On the front of more than one run:\n${[
      ...recurrenceLines('program', recurring.programs),
      ...recurrenceLines('feature', recurring.features),
      ...recurrenceLines('term', recurring.terms),
    ].join('\n')}`,
    ...agreement.map(agreementText),
    ...(differences.length > 0 ? [`The runs are not alike: ${differences.join('; ')}`] : []),
  ];
  return parts.join('\n\n');
}

/** Points of a curve that are printed. */
const SHOWN = 5;

/** What the picks say of batches that nobody measured; where they disagree, the data decides nothing. */
function agreementText({ model, ...own }: Agreement): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  const rows = CURVE_TITLES.flatMap(([name, header]) =>
    shownPoints(own[name], SHOWN).map(({ x, us, ratio, floorUs, rowsNear }, at) => [
      at === 0 ? header : '',
      String(x),
      formatNumber(Math.min(...us) / 1000),
      formatNumber(Math.max(...us) / 1000),
      formatNumber(Number(ratio.toPrecision(3))),
      formatNumber(floorUs / 1000),
      String(rowsNear),
    ]),
  );
  return `What the picks say beyond the data, ${model}, ms; rows: training rows near:\n${renderTable(
    [{ header: 'along' }, ...['x', 'least', 'most', 'ratio', 'floor', 'rows'].map(right)],
    rows,
  )}`;
}

function recurrenceLines(kind: string, found: readonly Recurrence[]): readonly string[] {
  return found.length === 0
    ? [`no ${kind}`]
    : found.map(({ what, runs }) => `${String(runs).padStart(3)} runs  ${kind.padEnd(7)} ${what}`);
}

function spreadText(spread: Spread | undefined): string {
  if (spread === undefined || spread.runs === 0) return '–';
  return `${formatNumber(spread.median)} [${formatNumber(spread.q1)}–${formatNumber(spread.q3)}]`;
}
