import { mean, type Random } from '../../numeric/index.ts';
import { binColumns } from './bins.ts';
import { addTree, growTree, type Tree, type TreeSettings } from './tree.ts';

export interface BoostSettings extends TreeSettings {
  readonly trees: number;
  /** Share of a tree's value that is added. */
  readonly rate: number;
  /** Share of the rows that a tree is grown on, drawn without replacement. */
  readonly rowShare: number;
  /** Share of the columns that a tree may use. */
  readonly columnShare: number;
}

/** A sum of trees: start + rate·Σ tree. */
export interface Booster {
  readonly start: number;
  readonly rate: number;
  readonly trees: readonly Tree[];
}

/**
 * Gradient boosting of a squared loss with histogram-based trees.
 *
 * Sources: Friedman, "Greedy function approximation: a gradient boosting machine", 2001; Friedman, "Stochastic gradient
 * boosting", 2002 (row sampling); Chen and Guestrin, "XGBoost", KDD 2016.
 */
export function boost(
  columns: readonly Float64Array[],
  y: Float64Array,
  settings: BoostSettings,
  random: Random,
): Booster {
  const binned = binColumns(columns);
  const start = mean(y);
  const p = new Float64Array(y.length).fill(start);
  const trees = Array.from({ length: settings.trees }, (_, index) => {
    const stream = random.split('tree', index);
    const gradients = p.map((value, row) => value - y[row]!);
    const rows = sample(y.length, settings.rowShare, stream.split('rows'));
    const used = sample(columns.length, settings.columnShare, stream.split('columns'));
    const tree = growTree(binned, gradients, rows, [...used], settings);
    addTree(tree, columns, settings.rate, p);
    return tree;
  });
  return { start, rate: settings.rate, trees };
}

/** Predictions of a booster after its first `trees` trees. */
export function predictBooster(
  { start, rate, trees }: Booster,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const p = new Float64Array(rows).fill(start);
  for (const tree of trees) addTree(tree, columns, rate, p);
  return p;
}

/** Some of 0…n−1 without replacement, ascending; at least one. */
function sample(n: number, share: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  if (share >= 1) return all;
  const count = Math.max(1, Math.round(share * n));
  for (let i = 0; i < count; i++) {
    const j = i + random.integer(n - i);
    const swapped = all[i]!;
    all[i] = all[j]!;
    all[j] = swapped;
  }
  return all.slice(0, count).sort();
}
