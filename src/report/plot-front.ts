import { formatPercent } from './format.ts';
import { lowerEnvelope } from './knee.ts';

export interface FrontPlotPoint {
  readonly id: string;
  readonly operations: number;
  readonly features: number;
  /** Percent, above 0 to be drawn. */
  readonly error: number;
}

export interface FrontPlotMarks {
  readonly pick: string | undefined;
  readonly knee: string | undefined;
}

const HEIGHT = 12;
/** Columns for the numbers of the vertical axis and the rule. */
const AXIS = 9;

/**
 * A Pareto front as text, at most `width` columns: error (logarithmic) against operations. A program is the digit of its
 * feature count (`+` from ten on), the pick `*`, the knee `K`; dots join the lowest errors. Empty where nothing can be
 * drawn.
 */
export function plotFront(points: readonly FrontPlotPoint[], { pick, knee }: FrontPlotMarks, width = 80): string {
  const shown = points.filter(({ error }) => error > 0 && Number.isFinite(error));
  if (shown.length < 2) return '';
  const columns = width - AXIS - 1;
  const logs = shown.map(({ error }) => Math.log(error));
  const [top, bottom] = [Math.max(...logs), Math.min(...logs)];
  const operations = shown.map((point) => point.operations);
  const [first, last] = [Math.min(...operations), Math.max(...operations)];
  const columnOf = (value: number): number => Math.round(((value - first) / Math.max(1, last - first)) * (columns - 1));
  const lineOf = (error: number): number =>
    Math.round(((top - Math.log(error)) / Math.max(1e-9, top - bottom)) * (HEIGHT - 1));
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(columns).fill(' '));
  const envelope = lowerEnvelope(shown);
  envelope.forEach((point, i) => {
    const next = envelope[i + 1];
    const to = next === undefined ? columns - 1 : columnOf(next.operations);
    for (let column = columnOf(point.operations); column <= to; column++) grid[lineOf(point.error)]![column] = '·';
  });
  // Later ones stand in front: the marked programs, and the more accurate ones among the others.
  const rank = ({ id }: FrontPlotPoint): number => (id === pick ? 2 : id === knee ? 1 : 0);
  for (const point of shown.toSorted((a, b) => rank(a) - rank(b) || b.error - a.error)) {
    const digit = point.features < 10 ? String(point.features) : '+';
    const sign = point.id === pick ? '*' : point.id === knee ? 'K' : digit;
    grid[lineOf(point.error)]![columnOf(point.operations)] = sign;
  }
  const label = (line: number): string => {
    if (line % 3 !== 0 && line !== HEIGHT - 1) return '';
    if (line === HEIGHT - 3) return '';
    return formatPercent(Math.exp(top - (line / (HEIGHT - 1)) * (top - bottom)));
  };
  const axis = `${String(first)}${'operations'.padStart(Math.floor(columns / 2) + 5 - String(first).length)}`;
  return [
    'error %',
    ...grid.map((cells, line) => `${label(line).padStart(AXIS - 2)} ┤${cells.join('')}`.trimEnd()),
    `${' '.repeat(AXIS - 1)}└${'─'.repeat(columns)}`,
    `${' '.repeat(AXIS)}${axis.padEnd(columns - String(last).length)}${last}`,
  ].join('\n');
}
