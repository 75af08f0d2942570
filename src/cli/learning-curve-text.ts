import type { ValidateDocument } from '../app/index.ts';
import { formatPercent, renderTable } from '../report/index.ts';

type Curves = Exclude<NonNullable<ValidateDocument['learningCurve']>, { readonly impossible: string }>;
type Point = Curves['curves'][number]['points'][number];

/** Errors against the number of training rows, for the terminal; nothing where they were not asked for. */
export function learningCurveSections({ learningCurve }: ValidateDocument): readonly string[] {
  if (learningCurve === undefined) return [];
  if ('impossible' in learningCurve) return [`Learning curve: not possible,\n${learningCurve.impossible}`];
  const [program] = learningCurve.curves;
  const table = renderTable(
    [
      { header: 'training rows' },
      ...(program?.points ?? []).map(({ rows }) => ({ header: String(Math.round(rows)), align: 'right' as const })),
    ],
    learningCurve.curves.map(({ name, points }) => [name, ...points.map(cell)]),
  );
  const repeats = Math.max(...(program?.points ?? []).map((point) => point.repeats));
  return [
    [
      'Learning curve: MAPE % on validation rows, mean and half the range of',
      `${repeats} draws of blocks of training rows; the structure stays:`,
      table,
    ].join('\n'),
  ];
}

function cell({ mape, low, high, repeats }: Point): string {
  if (mape === null || low === null || high === null) return '–';
  return repeats > 1 ? `${formatPercent(mape)} ±${formatPercent((high - low) / 2)}` : formatPercent(mape);
}
