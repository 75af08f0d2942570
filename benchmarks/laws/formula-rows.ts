import { createRandom, mean, type Random } from '../../src/numeric/index.ts';
import type { Formula } from './formula.ts';

/** Columns of the variables beside the law's values, a row an entry. */
export interface Rows {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
}

/** How many rows of each kind; the last of `train` validate. */
export const ROWS = { train: 1000, valid: 250, test: 1000, wide: 1000 } as const;

/** A range that is wider by half of its width on both sides, and stays above 0 where it was. */
function widened([low, high]: readonly [number, number]): readonly [number, number] {
  const reach = (high - low) / 2;
  return [low > 0 ? Math.max(low - reach, low / 2) : low - reach, high + reach];
}

type Range = readonly [number, number];

/** Rows on which the formula has a value; beyond its ranges it need not have one everywhere. */
function draw({ value }: Formula, ranges: readonly Range[], count: number, random: Random): Rows {
  const columns = ranges.map(() => new Float64Array(count));
  const y = new Float64Array(count);
  for (let row = 0; row < count; ) {
    const variables = ranges.map(([low, high]) => low + (high - low) * random.uniform());
    const at = value(...variables);
    if (!Number.isFinite(at)) continue;
    for (const [k, variable] of variables.entries()) columns[k]![row] = variable;
    y[row++] = at;
  }
  return { columns, y };
}

/**
 * Rows of a formula, drawn uniformly from its ranges, and from wider ones. Only training rows have noise: normal, its deviation that
 * share of the root mean square of the values (La Cava et al., "Contemporary symbolic regression methods and their relative
 * performance", NeurIPS 2021 datasets and benchmarks).
 */
export function drawRows(
  formula: Formula,
  { noise, seed }: { readonly noise: number; readonly seed: number },
): { readonly train: Rows; readonly test: Rows; readonly wide: Rows } {
  const random = createRandom(seed).split('rows', formula.id);
  const ranges = Object.values(formula.ranges);
  const { columns, y } = draw(formula, ranges, ROWS.train, random.split('train'));
  const deviation = noise * Math.sqrt(mean(y.map((value) => value * value)));
  const normal = random.split('noise');
  return {
    train: { columns, y: y.map((value) => value + deviation * normal.normal()) },
    test: draw(formula, ranges, ROWS.test, random.split('test')),
    wide: draw(formula, ranges.map(widened), ROWS.wide, random.split('wide')),
  };
}
