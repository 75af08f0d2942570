import { type BeyondData, shownPoints } from '../evaluate/index.ts';
import { floorLines } from './floor-text.ts';
import { CURVE_TITLES } from './curve-titles.ts';
import { formatNumber, formatPercent, renderTable } from '../report/index.ts';

/** How a program behaves where nothing was measured, for the terminal. */
export function beyondText({ floor, curves, coverage }: BeyondData): readonly string[] {
  return [
    ...(floor === null ? [] : [floorText(floor)]),
    ...(coverage === null ? [] : [coverageText(coverage)]),
    ...(curves.length === 0 ? [] : [curvesText(curves)]),
  ];
}

function floorText({ questioned, ...figures }: NonNullable<BeyondData['floor']>): string {
  return [
    'Physical floor (FLOPs at peak, bytes at peak bandwidth):',
    ...(figures.batches > 0 ? floorLines(figures) : []),
    ...Object.entries(questioned).map(([model, why]) => `set aside for ${model}: ${why}`),
  ].join('\n');
}

function coverageText({ rows, coverage, byRegime }: NonNullable<BeyondData['coverage']>): string {
  const parts = Object.entries(byRegime).flatMap(([regime, own]) =>
    own === null ? [] : [`${regime} ${formatPercent(own.coverage)} of ${own.rows}`],
  );
  return [
    '90 % intervals of step times, measured on validation rows:',
    `${formatPercent(coverage)} % of ${rows} lie within (${parts.join(', ')})`,
  ].join('\n');
}

function curvesText(curves: BeyondData['curves']): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  const tables = curves.flatMap(({ group, model, ...own }) => {
    const name = group === model || group === 'all' ? model : `${model}, constants of ${group}`;
    return CURVE_TITLES.flatMap(([curve, header]) => {
      const points = shownPoints(own[curve]);
      if (points.length === 0) return [];
      const body = renderTable(
        [right(header), ...['ms', 'floor', 'low', 'high', 'rows near'].map(right)],
        points.map(([x, us, floorUs, lowUs, highUs, rows]) => [
          String(x),
          ...[us, floorUs, lowUs, highUs].map((time) => formatNumber(time / 1000)),
          String(rows),
        ]),
      );
      return [`${name}\n${body}`];
    });
  });
  return ['Response curves, 90 % intervals; rows near: training rows at such an x:', ...tables].join('\n');
}
