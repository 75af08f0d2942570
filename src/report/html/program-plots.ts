import { entryNames, type ExperimentMetrics } from '../../evaluate/index.ts';
import { formatPercent } from '../format.ts';
import type { Reference } from '../report-data.ts';
import type { DensityCell, ResidualFigures, RowFigures } from '../row-figures.ts';
import type { Markup } from './markup.ts';
import { axisNumber, logTicks, Plot, renderPlot } from './plot.ts';

const WIDTH = 350;

/** Rows per cell by colour level, least first: each level holds about a third of the range of the logarithm. */
function levels(cells: readonly DensityCell[]): {
  readonly of: (rows: number) => number;
  readonly bounds: readonly number[];
} {
  const most = Math.max(...cells.map(({ rows }) => rows));
  const bounds = [1, 2, 3, 4, 5].map((level) => Math.max(1, Math.round(most ** (level / 5))));
  return {
    bounds,
    of: (rows) =>
      1 +
      Math.max(
        0,
        bounds.findIndex((bound) => rows <= bound),
      ),
  };
}

const TICKS = 6;

/** Predicted against observed step times, or values of a column, as counts on cells, logarithmic for times, with the line of a perfect prediction. */
export function densityPlot({ density: cells, target }: Pick<RowFigures, 'density' | 'target'>): Markup {
  const edges = cells.flatMap(({ observed, predicted }) => [...observed, ...predicted]);
  const low = Math.min(...edges);
  const high = Math.max(...edges);
  const { of } = levels(cells);
  const what = target === undefined ? 'step time, ms' : `${target.name}${target.unit === '' ? '' : `, ${target.unit}`}`;
  const axis = {
    domain: [low, high],
    ...(target === undefined ? { type: 'log', ticks: logTicks(low, high) } : { type: 'linear', ticks: TICKS }),
    tickFormat: axisNumber,
    labelArrow: 'none',
  };
  return renderPlot(
    {
      width: WIDTH,
      height: 330,
      marginLeft: 46,
      marginTop: 24,
      marginBottom: 38,
      x: { ...axis, label: `observed ${what} →` },
      y: { ...axis, label: target === undefined ? '↑ predicted, ms' : '↑ predicted' },
      color: { type: 'ordinal', domain: [1, 2, 3, 4, 5], range: [1, 2, 3, 4, 5].map((level) => `var(--d${level})`) },
      marks: [
        Plot.rect(cells, {
          x1: (cell: DensityCell) => cell.observed[0],
          x2: (cell: DensityCell) => cell.observed[1],
          y1: (cell: DensityCell) => cell.predicted[0],
          y2: (cell: DensityCell) => cell.predicted[1],
          fill: (cell: DensityCell) => of(cell.rows),
          inset: 0,
        }),
        Plot.line([low, high], {
          x: (value: number) => value,
          y: (value: number) => value,
          stroke: 'var(--accent)',
          strokeWidth: 1,
        }),
      ],
    },
    { label: `Predicted against observed ${what}, binned, ${cells.length} cells` },
  );
}

/** The bounds of the density's colour levels, in rows a cell. */
export function densityBounds(cells: readonly DensityCell[]): readonly number[] {
  return levels(cells).bounds;
}

/** Residuals over one feature: median and the middle 80 % of each range. Ranges are drawn equally wide. */
export function residualPlot({ feature, unit, bins }: ResidualFigures): Markup {
  const values = bins.flatMap(({ p10, p90 }) => [p10, p90, 0]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = Math.max(0.5, 0.08 * (high - low));
  const placed = bins.map((bin, i) => ({ ...bin, from: i, to: i + 1 }));
  const edges = [...bins.map((bin) => bin.low), bins.at(-1)?.high ?? 0];
  const range = { x1: 'from', x2: 'to' };
  return renderPlot(
    {
      width: WIDTH,
      height: 220,
      marginLeft: 46,
      marginTop: 24,
      marginBottom: 38,
      x: {
        label: `${feature}${unit === '1' ? '' : `, ${unit}`} (ranges of equal rows) →`,
        labelArrow: 'none',
        domain: [0, bins.length],
        ticks: edges.map((_, i) => i).filter((i) => i % 2 === 0 || edges.length < 7),
        tickFormat: (i: number) => axisNumber(edges[i] ?? Number.NaN),
      },
      y: {
        label: '↑ predicted − observed, % of observed',
        labelArrow: 'none',
        domain: [low - pad, high + pad],
        ticks: 5,
        grid: true,
      },
      marks: [
        Plot.rect(placed, { ...range, y1: 'p10', y2: 'p90', fill: 'var(--band)', insetLeft: 0.5, insetRight: 0.5 }),
        Plot.ruleY([0], { stroke: 'var(--ink)', strokeWidth: 0.8 }),
        Plot.ruleY(placed, { ...range, y: 'median', stroke: 'var(--accent)', strokeWidth: 2 }),
      ],
    },
    { label: `Relative residual by ${feature}: median and the middle 80 percent of rows in ${bins.length} ranges` },
  );
}

/** The name of an experiment without its time stamp. */
export function shortName(id: string): string {
  return id.replace(/^\d{8}-\d{6}-/, '');
}

/** A reference's figure of one experiment. */
export interface BestOther {
  readonly name: string;
  readonly value: number;
}

/** The reference of one kind with the lowest figure on an experiment, by its entry's name; undefined where none predicts it. */
export function bestOther(
  references: readonly Reference[],
  kind: Reference['kind'],
  experiment: string,
  figure: 'e2eError' | 'mape',
): BestOther | undefined {
  return references
    .filter((reference) => reference.kind === kind)
    .flatMap(({ name, experiments }) => {
      const value = experiments[entryNames(experiments).indexOf(experiment)]?.[figure];
      return value === undefined || !Number.isFinite(value) ? [] : [{ name, value }];
    })
    .sort((a, b) => a.value - b.value)[0];
}

/** Errors below this are drawn at it: a logarithmic axis has no 0. */
const LEAST_SHOWN = 0.01;

/** One figure of every experiment beside the best seed's and the best baseline's; undefined where none is a number. */
export function experimentPlot(
  experiments: readonly ExperimentMetrics[],
  references: readonly Reference[],
  figure: 'e2eError' | 'mape',
  label: string,
): Markup | undefined {
  const point = (id: string, name: string, value: number): { experiment: string; name: string; value: number } => ({
    experiment: shortName(id),
    name,
    value: Math.max(LEAST_SHOWN, value),
  });
  const names = entryNames(experiments);
  const own = experiments.map(({ [figure]: value }, at) => point(names[at]!, 'this program', value));
  const best = (kind: Reference['kind']): typeof own =>
    names.flatMap((entry) => {
      const other = bestOther(references, kind, entry, figure);
      return other === undefined ? [] : [point(entry, other.name, other.value)];
    });
  const [seeds, baselines] = [best('seed'), best('baseline')];
  const values = [...own, ...seeds, ...baselines].map(({ value }) => value).filter((value) => Number.isFinite(value));
  if (values.length === 0) return undefined;
  const low = Math.min(...values) / 1.2;
  const high = Math.max(...values) * 1.2;
  const describe = ({ experiment, name, value }: (typeof own)[number]): string =>
    `${experiment}, ${name}: ${formatPercent(value)} %`;
  const at = { x: 'value', y: 'experiment', title: describe };
  return renderPlot(
    {
      width: WIDTH,
      height: 62 + 18 * own.length,
      marginLeft: 158,
      marginTop: 8,
      marginBottom: 38,
      marginRight: 12,
      x: {
        type: 'log',
        domain: [low, high],
        label: `${label}, % (logarithmic) →`,
        labelArrow: 'none',
        ticks: logTicks(low, high),
        tickFormat: axisNumber,
        grid: true,
      },
      y: { type: 'band', domain: own.map(({ experiment }) => experiment), label: null, tickSize: 0 },
      marks: [
        Plot.tickX(seeds, { ...at, stroke: 'var(--muted)', strokeWidth: 2 }),
        Plot.dot(baselines, { ...at, symbol: 'diamond', r: 4, stroke: 'var(--f4)', strokeWidth: 1.6 }),
        Plot.dot(own, { ...at, r: 4.5, fill: 'var(--accent)' }),
      ],
    },
    { label: `${label} by experiment, beside the best seed and the best baseline; the figures are in the table` },
  );
}
