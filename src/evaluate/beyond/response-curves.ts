import type { RegressionTable } from '../../data/index.ts';
import type { CurveName } from '../../physics/index.ts';
import { type FittedOnData, type ModelGrid, modelGrids, rootsOnGrid } from './grid-predictions.ts';

/** Points of a curve. */
const POINTS = 25;

/** A point of a response curve: x, predicted time, physical floor, both ends of the 90 % interval (all µs), training rows near x. */
export type ResponsePoint = readonly [
  x: number,
  us: number,
  floorUs: number,
  lowUs: number,
  highUs: number,
  rowsNear: number,
];

/** How a program's time responds, for one model under one group of constants. */
export interface ResponseCurves {
  /** Group of constants. */
  readonly group: string;
  /** The model, its parallelism and its GPU. */
  readonly model: string;
  /** One uncached prompt of x tokens alone. */
  readonly promptTokens: readonly ResponsePoint[];
  /** 64 decoding requests, or as many as there may be, of x tokens each. */
  readonly contextTokens: readonly ResponsePoint[];
  /** x decoding requests of a quarter of the longest context. */
  readonly requests: readonly ResponsePoint[];
}

/** A few points of a curve for a table, evenly spread, both ends among them. */
export function shownPoints<T>(points: readonly T[], count: number = 7): readonly T[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, k) => points[Math.round((k * (points.length - 1)) / (count - 1))]!);
}

/** What a row is near by, on each curve: the feature that x is. */
const NEAR: { readonly [C in CurveName]: { readonly x: string; readonly needs: string } } = {
  promptTokens: { x: 'prefillTokensPerRequest', needs: 'prefillRequests' },
  contextTokens: { x: 'kvTokensPerRequest', needs: 'decodeRequests' },
  requests: { x: 'requests', needs: 'decodeRequests' },
};

/** Both ends of the interval around predictions. */
export type Interval = (
  grid: ModelGrid,
  p: Float64Array,
) => { readonly low: Float64Array; readonly high: Float64Array };

/**
 * The curves of a fitted program from one token up to what engine and model allow, far beyond what was measured.
 *
 * @param intervalOf by default there is no interval: both ends are the prediction.
 */
export function responseCurves(
  input: FittedOnData,
  intervalOf: Interval = (_, p) => ({ low: p, high: p }),
): readonly ResponseCurves[] {
  const { program, table } = input;
  return modelGrids(input, POINTS).map((grid) => {
    const [p = new Float64Array()] = rootsOnGrid(program.graph, grid, table);
    const { low, high } = intervalOf(grid, p);
    const curve = (name: CurveName): readonly ResponsePoint[] => {
      const candidates = grid.floor.grid.curves.filter(({ along }) => along === name);
      const chosen = candidates.find(({ at }) => at.startsWith('64 ')) ?? candidates.at(-1);
      if (chosen === undefined) return [];
      const rows = rowsNear(chosen.x, NEAR[name], grid, table);
      return chosen.batches.map(
        (batch, k): ResponsePoint => [
          chosen.x[k]!,
          p[batch]!,
          grid.floor.floorUs[batch]!,
          low[batch]!,
          high[batch]!,
          rows[k]!,
        ],
      );
    };
    return {
      group: grid.fit.group,
      model: grid.floor.modelKey,
      promptTokens: curve('promptTokens'),
      contextTokens: curve('contextTokens'),
      requests: curve('requests'),
    };
  });
}

/** How many training rows lie nearer to each x than to its neighbours, by their ratio. */
function rowsNear(
  x: readonly number[],
  near: { readonly x: string; readonly needs: string },
  { experiments }: ModelGrid,
  table: RegressionTable,
): readonly number[] {
  const column = (name: string): Float64Array | undefined =>
    table.columns[table.features.findIndex((feature) => feature.name === name)];
  const [values, needed] = [column(near.x), column(near.needs)];
  const counts = x.map(() => 0);
  if (values === undefined || needed === undefined) return counts;
  const limits = x.slice(1).map((next, k) => Math.sqrt(x[k]! * next));
  const [least, most] = [x[0]! / 2, x.at(-1)! * 2];
  for (const index of experiments) {
    const [start, end] = table.experiments[index]!.rows.train;
    for (let row = start; row < end; row++) {
      const value = values[row]!;
      if (!(needed[row]! > 0) || value < least || value > most) continue;
      const at = limits.findIndex((limit) => value < limit);
      counts[at < 0 ? counts.length - 1 : at]!++;
    }
  }
  return counts;
}
