import { GRID } from '../../search/index.ts';
import { formatPercent } from '../format.ts';
import type { RunHistory } from '../history-figures.ts';
import type { ReportData } from '../report-data.ts';
import { html, type Markup } from './markup.ts';
import { axisNumber, logTicks, Plot, renderPlot } from './plot.ts';

/** Generations at which a figure changes: a line of steps needs no other points. */
function steps<T>(rows: readonly T[], of: (row: T) => number): readonly T[] {
  return rows.filter((row, i) => i === 0 || i === rows.length - 1 || of(row) !== of(rows[i - 1]!));
}

/** The best error by generation, on training and on validation rows. Undefined before the second generation. */
export function convergencePlot({ generations }: RunHistory): Markup | undefined {
  const shown = generations.filter(({ error, validationError }) => error > 0 && validationError > 0);
  if (shown.length < 2) return undefined;
  return html`<div class="wide">${convergence(shown, 560, 260)}</div><div class="narrow">${convergence(shown, 350, 240)}</div>`;
}

function convergence(generations: RunHistory['generations'], width: number, height: number): Markup {
  const errors = generations.flatMap(({ error, validationError }) => [error, validationError]);
  const low = Math.min(...errors) / 1.1;
  const high = Math.max(...errors) * 1.1;
  const line = (key: 'error' | 'validationError', stroke: string, dash: string | undefined): unknown =>
    Plot.line(
      steps(generations, (row) => row[key]),
      {
        x: 'generation',
        y: key,
        curve: 'step-after',
        stroke,
        strokeWidth: 1.8,
        ...(dash !== undefined && { strokeDasharray: dash }),
      },
    );
  return renderPlot(
    {
      width,
      height,
      marginLeft: 46,
      marginTop: 24,
      marginBottom: 38,
      x: {
        label: 'generation →',
        labelArrow: 'none',
        ticks: 6,
        tickFormat: (value: number) => (Number.isInteger(value) ? String(value) : ''),
      },
      y: {
        type: 'log',
        domain: [low, high],
        label: '↑ error of the best program, %',
        labelArrow: 'none',
        ticks: logTicks(low, high),
        tickFormat: axisNumber,
        grid: true,
      },
      marks: [line('validationError', 'var(--muted)', '4 3'), line('error', 'var(--accent)', undefined)],
    },
    { label: 'Lowest error by generation, on training rows and of the same program on validation rows' },
  );
}

/** The MAP-Elites grid: the lowest error of each niche, operations against features. */
export function gridPlot({ elites, programs }: ReportData): Markup | undefined {
  const { operations, features } = GRID;
  const onFront = new Set(programs.map(({ details }) => details.id));
  const cells = elites.flatMap((elite, niche) => {
    if (elite === undefined) return [];
    const x = Math.floor(niche / features.bins);
    const y = niche % features.bins;
    return [{ ...elite, x, y }];
  });
  const positive = cells.map(({ error }) => Math.log(Math.max(error, 1e-9)));
  if (positive.length === 0) return undefined;
  const low = Math.min(...positive);
  const width = Math.max(1e-9, Math.max(...positive) - low);
  // The best niche gets the strongest colour.
  const level = (error: number): number =>
    5 - Math.min(4, Math.floor((5 * (Math.log(Math.max(error, 1e-9)) - low)) / width));
  const range = (
    bin: number,
    axis: { readonly bins: number; readonly first: number; readonly width: number },
  ): string => {
    const first = axis.first + bin * axis.width;
    return bin === axis.bins - 1 ? `${first}+` : `${first}–${first + axis.width - 1}`;
  };
  const describe = (cell: (typeof cells)[number]): string =>
    `${range(cell.x, operations)} operations, ${range(cell.y, features)} features: ${cell.id}, error ${formatPercent(cell.error)} %`;
  return renderPlot(
    {
      width: 350,
      height: 215,
      marginLeft: 46,
      marginRight: 8,
      marginTop: 24,
      marginBottom: 62,
      padding: 0.06,
      x: {
        type: 'band',
        domain: Array.from({ length: operations.bins }, (_, bin) => range(bin, operations)),
        label: 'operations →',
        labelArrow: 'none',
        labelAnchor: 'right',
        labelOffset: 58,
        tickRotate: -45,
        tickSize: 0,
      },
      y: {
        type: 'band',
        domain: Array.from({ length: features.bins }, (_, bin) => range(bin, features)),
        label: '↑ features',
        labelArrow: 'none',
        labelAnchor: 'top',
        reverse: true,
        tickSize: 0,
      },
      color: { type: 'ordinal', domain: [1, 2, 3, 4, 5], range: [1, 2, 3, 4, 5].map((at) => `var(--d${at})`) },
      marks: [
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.cell(cells, {
          x: (cell: (typeof cells)[number]) => range(cell.x, operations),
          y: (cell: (typeof cells)[number]) => range(cell.y, features),
          fill: (cell: (typeof cells)[number]) => level(cell.error),
          title: describe,
          ariaLabel: describe,
          href: (cell: (typeof cells)[number]) => (onFront.has(cell.id) ? `#p-${cell.id}` : null),
        }),
        Plot.text(cells, {
          x: (cell: (typeof cells)[number]) => range(cell.x, operations),
          y: (cell: (typeof cells)[number]) => range(cell.y, features),
          text: (cell: (typeof cells)[number]) => axisNumber(Number(cell.error.toPrecision(2))),
          fill: (cell: (typeof cells)[number]) => (level(cell.error) > 3 ? 'var(--on-strong)' : 'var(--ink)'),
          fontSize: 9,
          pointerEvents: 'none',
          ariaHidden: 'true',
        }),
      ],
    },
    {
      label: `MAP-Elites grid: lowest error in percent for each range of operations and features; ${cells.length} of ${elites.length} niches are filled`,
      isInteractive: true,
    },
  );
}
