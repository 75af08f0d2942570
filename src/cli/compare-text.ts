import { type Recurrence, RUN_FIGURES, type RunComparison, type Spread } from '../baselines/index.ts';
import { formatNumber, formatPercent, formatSeconds, renderTable } from '../report/index.ts';

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
export function comparisonText({ runs, groups, curves, recurring, differences }: RunComparison): string {
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
    ...(differences.length > 0 ? [`The runs are not alike: ${differences.join('; ')}`] : []),
  ];
  return parts.join('\n\n');
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
