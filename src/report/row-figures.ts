import type { RegressionTable } from '../data/index.ts';
import type { TargetInfo } from '../program/index.ts';
import { mean, quantile, quantileOfSorted } from '../numeric/index.ts';

/** A cell of predicted against observed step times; edges in ms. */
export interface DensityCell {
  readonly observed: readonly [low: number, high: number];
  readonly predicted: readonly [low: number, high: number];
  readonly rows: number;
}

/** Relative residuals, percent of observed, of the rows in one range of a feature. Positive: predicted too much. */
export interface ResidualBin {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
}

export interface ResidualFigures {
  readonly feature: string;
  readonly unit: string;
  readonly meaning: string;
  /** Correlation of the relative residual with the feature on training rows. */
  readonly r: number;
  readonly bins: readonly ResidualBin[];
}

/** Errors over a part of the rows, percent. */
export interface PartFigures {
  readonly part: string;
  readonly rows: number;
  readonly mape: number;
  readonly mspe: number;
}

/** How a program does row by row, on training and validation rows together. */
export interface RowFigures {
  readonly rows: number;
  readonly density: readonly DensityCell[];
  /** What is predicted, where it is a column of any sign: cells are then in its unit, and residuals in percent of its deviation. */
  readonly target?: TargetInfo;
  /** Rows outside the density's range, which spans the middle 99.8 % of rows. */
  readonly outside: number;
  readonly residuals: readonly ResidualFigures[];
  readonly byKind: readonly PartFigures[];
  readonly byLoad: readonly PartFigures[];
}

const DENSITY_BINS = 22;
const RESIDUAL_BINS = 10;
const RESIDUAL_FEATURES = 3;
const LOAD_PARTS = 4;
const US_PER_MS = 1000;

/**
 * Bins the predictions for a table: predicted against observed on logarithmic cells, residuals over the features that
 * they correlate with most, errors by kind of batch and by load.
 *
 * @param p predicted step times, µs, by row.
 */
export function rowFigures(
  table: RegressionTable,
  p: Float64Array,
  correlations: readonly { readonly feature: string; readonly r: number }[],
): RowFigures {
  if (table.features.target !== undefined) return columnFigures(table, table.features.target, p, correlations);
  const rows = Array.from(p.keys()).filter((row) => p[row]! > 0 && Number.isFinite(p[row]));
  const residual = Float64Array.from(p, (value, row) => 100 * (value / table.y[row]! - 1));
  return {
    rows: rows.length,
    ...density(table.y, p, rows, TIMES),
    residuals: residuals(table, residual, rows, correlations),
    byKind: byKind(table, residual, rows),
    byLoad: byLoad(table, residual, rows),
  };
}

/** The same of a column of any sign: cells of equal width, residuals relative to the deviation of what was observed. */
function columnFigures(
  table: RegressionTable,
  target: TargetInfo,
  p: Float64Array,
  correlations: Parameters<typeof rowFigures>[2],
): RowFigures {
  const rows = Array.from(p.keys()).filter((row) => Number.isFinite(p[row]));
  const middle = mean(table.y);
  const deviation = Math.sqrt(mean(table.y.map((value) => (value - middle) * (value - middle)))) || 1;
  const residual = Float64Array.from(p, (value, row) => (100 * (value - table.y[row]!)) / deviation);
  return {
    rows: rows.length,
    target,
    ...density(table.y, p, rows, COLUMN),
    residuals: residuals(table, residual, rows, correlations),
    byKind: [],
    byLoad: [],
  };
}

/** How values are laid out on an axis, and what stands at it. */
interface Axis {
  readonly to: (value: number) => number;
  readonly from: (place: number) => number;
  readonly shown: (value: number) => number;
  /** The least value that still is in the first cell. */
  readonly least: (low: number, width: number) => number;
}

const TIMES: Axis = {
  to: Math.log,
  from: Math.exp,
  shown: (us) => us / US_PER_MS,
  least: (low) => Math.exp(low) * 0.999,
};
const COLUMN: Axis = {
  to: (value) => value,
  from: (place) => place,
  shown: (value) => value,
  least: (low, width) => low - 1e-3 * width,
};

function density(
  y: Float64Array,
  p: Float64Array,
  rows: readonly number[],
  { to, from, shown, least }: Axis,
): Pick<RowFigures, 'density' | 'outside'> {
  if (rows.length === 0) return { density: [], outside: 0 };
  const all = Float64Array.from(rows.flatMap((row) => [y[row]!, p[row]!])).sort();
  const low = to(quantileOfSorted(all, 0.001));
  const width = Math.max(1e-9, (to(quantileOfSorted(all, 0.999)) - low) / DENSITY_BINS);
  const binOf = (value: number): number => Math.floor((to(value) - low) / width - 1e-9);
  const edges = (bin: number): readonly [number, number] => [
    shown(from(low + bin * width)),
    shown(from(low + (bin + 1) * width)),
  ];
  const counts = new Map<number, number>();
  let outside = 0;
  for (const row of rows) {
    const observed = Math.max(0, binOf(y[row]!));
    const predicted = Math.max(0, binOf(p[row]!));
    if (observed >= DENSITY_BINS || predicted >= DENSITY_BINS || Math.min(y[row]!, p[row]!) < least(low, width)) {
      outside++;
      continue;
    }
    const key = observed * DENSITY_BINS + predicted;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const cells = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([key, count]) => ({
      observed: edges(Math.floor(key / DENSITY_BINS)),
      predicted: edges(key % DENSITY_BINS),
      rows: count,
    }));
  return { density: cells, outside };
}

/** Bounds of parts of about equal numbers of values; equal values stay together. Ends included. */
function quantileEdges(values: readonly number[], parts: number): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from({ length: parts + 1 }, (_, i) => quantileOfSorted(sorted, i / parts));
  return [...new Set(edges)];
}

/** Rows by the half-open range of edges that their value falls in; the last range is closed. */
function inRanges(
  rows: readonly number[],
  values: ArrayLike<number>,
  edges: readonly number[],
): readonly { readonly low: number; readonly high: number; readonly rows: readonly number[] }[] {
  if (edges.length === 1) return [{ low: edges[0]!, high: edges[0]!, rows }];
  return edges
    .slice(0, -1)
    .map((low, i) => {
      const high = edges[i + 1]!;
      const isLast = i === edges.length - 2;
      return {
        low,
        high,
        rows: rows.filter((row) => values[row]! >= low && (values[row]! < high || (isLast && values[row]! <= high))),
      };
    })
    .filter((range) => range.rows.length > 0);
}

function residuals(
  table: RegressionTable,
  residual: Float64Array,
  rows: readonly number[],
  correlations: readonly { readonly feature: string; readonly r: number }[],
): readonly ResidualFigures[] {
  const figures: ResidualFigures[] = [];
  for (const { feature, r } of correlations) {
    if (figures.length === RESIDUAL_FEATURES) break;
    const at = table.features.findIndex(({ name }) => name === feature);
    const column = table.columns[at];
    if (column === undefined) continue;
    const { unit, meaning } = table.features[at]!;
    const edges = quantileEdges(
      rows.map((row) => column[row]!),
      RESIDUAL_BINS,
    );
    // A feature of two or three values says nothing that the table of experiments does not say better.
    if (edges.length < 4) continue;
    const bins = inRanges(rows, column, edges).map(({ low, high, rows: inside }) => {
      const sorted = Float64Array.from(inside, (row) => residual[row]!).sort();
      return {
        low,
        high,
        rows: inside.length,
        median: quantileOfSorted(sorted, 0.5),
        p10: quantileOfSorted(sorted, 0.1),
        p90: quantileOfSorted(sorted, 0.9),
      };
    });
    figures.push({ feature, unit, meaning, r, bins });
  }
  return figures;
}

function part(name: string, residual: Float64Array, rows: readonly number[]): PartFigures {
  const values = rows.map((row) => residual[row]!);
  return { part: name, rows: rows.length, mape: mean(values.map(Math.abs)), mspe: mean(values) };
}

function byKind(table: RegressionTable, residual: Float64Array, rows: readonly number[]): readonly PartFigures[] {
  const { ttft, itl } = table.weights;
  const kinds: readonly (readonly [string, (row: number) => boolean])[] = [
    ['prefill only', (row) => ttft[row]! > 0 && itl[row] === 0],
    ['decode only', (row) => ttft[row] === 0 && itl[row]! > 0],
    ['mixed', (row) => ttft[row]! > 0 && itl[row]! > 0],
    ['empty', (row) => ttft[row] === 0 && itl[row] === 0],
  ];
  return kinds.map(([name, test]) => part(name, residual, rows.filter(test))).filter((figures) => figures.rows > 0);
}

function byLoad(table: RegressionTable, residual: Float64Array, rows: readonly number[]): readonly PartFigures[] {
  const requests = table.weights.e2e;
  const values = rows.map((row) => requests[row]!);
  const edges = [...new Set(quantileEdges(values, LOAD_PARTS).map(Math.round))];
  return inRanges(rows, requests, edges).map(({ low, rows: inside }) => {
    const highest = quantile(
      inside.map((row) => requests[row]!),
      1,
    );
    return part(low === highest ? `${low}` : `${low}–${highest}`, residual, inside);
  });
}
