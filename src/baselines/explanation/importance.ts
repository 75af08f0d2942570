import { groupBy } from '../../base/index.ts';
import { mean, type Random, concatColumns } from '../../numeric/index.ts';
import { evaluateColumns, type FeatureTable, measure, type Program } from '../../program/index.ts';
import type { ExplainedRows } from './explained-rows.ts';
import { relativeResiduals } from './residuals.ts';

/** How much a program's accuracy rests on a feature. */
export interface FeatureImportance {
  /** Its name. */
  readonly feature: string;
  /** `1` for a pure number. */
  readonly unit: string;
  /** What it is. */
  readonly meaning: string;
  /** Points of MAPE on validation rows that it rises by when the feature is shuffled; the mean over repeats. */
  readonly increase: number;
  /** Standard deviation over the repeats. */
  readonly spread: number;
}

const REPEATS = 5;

/**
 * Permutation importance: MAPE, the mean over experiments, with a feature's values shuffled less that with the values as they are.
 * Values are shuffled among rows that share constants, since those of another model would be no batches of this one. Of features that
 * go together each may look idle, as the other still stands.
 *
 * Source: Breiman, "Random forests", Machine Learning 45, 2001; Fisher, Rudin and Dominici, JMLR 20(177), 2019.
 */
export function featureImportance(
  program: Program,
  parts: readonly ExplainedRows[],
  features: FeatureTable,
  random: Random,
): readonly FeatureImportance[] {
  const before = meanError(parts.map(({ p, rows }) => ({ p, rows })));
  const groups = [...groupBy(parts, ({ group }) => group)];
  return measure(program)
    .features.map((feature): FeatureImportance => {
      const increases = Array.from({ length: REPEATS }, (_, repeat) => {
        const shuffled = groups.flatMap(([group, own]) =>
          shuffledParts(program, own, feature, random.split('importance', feature, repeat, group)),
        );
        return meanError(shuffled) - before;
      });
      const { unit = '1', meaning = '' } = features.find(({ name }) => name === feature) ?? {};
      const increase = mean(increases);
      const spread = Math.sqrt(mean(increases.map((value) => (value - increase) ** 2)));
      return { feature, unit, meaning, increase, spread };
    })
    .toSorted((a, b) => b.increase - a.increase);
}

type Predicted = Pick<ExplainedRows, 'p' | 'rows'>;

/** The same rows with the times that the program gives with one column shuffled among all of them. */
function shuffledParts(
  program: Program,
  parts: readonly ExplainedRows[],
  feature: string,
  random: Random,
): readonly Predicted[] {
  const column = Float64Array.from(random.shuffle([...concatColumns(parts.map(({ columns }) => columns[feature]!))]));
  let start = 0;
  return parts.map(({ columns, constants, rows }) => {
    const own = column.subarray(start, start + rows.y.length);
    start += rows.y.length;
    const [p] = evaluateColumns(program.graph, { ...columns, [feature]: own }, constants, rows.y.length);
    return { p: p!, rows };
  });
}

function meanError(parts: readonly Predicted[]): number {
  return mean(parts.map((part) => mean(relativeResiduals(part).map(Math.abs))));
}
