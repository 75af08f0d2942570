import type { RegressionTable, SplitName } from '../data/index.ts';
import type { FeatureTable } from '../program/index.ts';
import type { Random, RowRange } from '../numeric/index.ts';
import { groupExperiments } from './groups.ts';
import { blendRows, raiseTokens } from './probes.ts';
import { stratifiedSample } from './sample.ts';
import type { EvaluateSettings } from './settings.ts';

/** Rows of one experiment, contiguous and ascending in time. */
export interface Part {
  readonly experiment: number;
  readonly rows: RowRange;
  /** Share of the experiment in its group's loss; the shares of a fold sum to 1. */
  readonly share: number;
}

/** Contiguous rows of one group, part after part. */
export interface Fold {
  readonly rows: RowRange;
  readonly parts: readonly Part[];
}

export interface GroupLayout {
  readonly name: string;
  readonly train: Fold;
  /** The training rows and, without part in the loss, the probes. */
  readonly guarded: Fold;
  readonly valid: Fold;
  readonly test: Fold;
  /** Copies of some training rows, on which starts are tried. */
  readonly sample: Fold;
  /** Copies of more training rows, those of the sample among them; only where there are many more still. */
  readonly middle: Fold | undefined;
  /** Rows that were not measured, on which a prediction must be positive too. */
  readonly probes: RowRange;
  /** Copies of training rows, and beside them the same rows with more tokens, in the same order. */
  readonly base: RowRange;
  readonly raised: RowRange;
}

/**
 * The rows as the kernels see them: regrouped so that every set of rows that is evaluated together is one range. A sandbox
 * copies the feature columns; these here nobody changes.
 */
export interface Layout {
  readonly rowCount: number;
  readonly features: FeatureTable;
  readonly columns: readonly Float64Array[];
  /** NaN for rows that were not measured. */
  readonly y: Float64Array;
  readonly weights: { readonly e2e: Float64Array; readonly ttft: Float64Array; readonly itl: Float64Array };
  readonly groups: readonly GroupLayout[];
}

const PROBES = 200;
const PAIRS = 200;
const MIN_SAMPLE = 100;
/** Rows of the middle subsample, over all groups; it must leave out at least as many as it takes. */
const MIDDLE_ROWS = 8000;

/** Lays the table out for the settings' scope. Random choices (subsample, probes) come from the seed and the group's name alone. */
export function layoutTable(
  table: RegressionTable,
  settings: Pick<EvaluateSettings, 'scope' | 'sampleRows'>,
  random: Random,
): Layout {
  const writer = new RowWriter(table);
  const members = groupExperiments(table.experiments, settings.scope);
  const sampleRows = Math.max(MIN_SAMPLE, Math.floor(settings.sampleRows / members.size));
  const groups = [...members].map(([name, indices]): GroupLayout => {
    const stream = random.split('layout', name);
    const split = (which: SplitName): Fold => writer.fold(indices, (index) => rowsOf(table, index, which));
    const trainRows = indices.flatMap((index) => rowsOf(table, index, 'train'));
    const train = split('train');
    const probes = writer.rows(blendRows(table, trainRows, PROBES, stream.split('probes')));
    const guarded = { rows: [train.rows[0], probes[1]] as const, parts: train.parts };
    const perExperiment = Math.ceil(sampleRows / indices.length);
    const valid = split('valid');
    const test = split('test');
    const perMiddle = Math.ceil(MIDDLE_ROWS / table.experiments.length);
    const hasMiddle = trainRows.length > 2 * perMiddle * indices.length && perMiddle > perExperiment;
    const middleRows = (index: number): readonly number[] => {
      const rows = rowsOf(table, index, 'train');
      return hasMiddle ? stratifiedSample(rows, table.y, perMiddle, stream.split('middle', index)) : rows;
    };
    const sample = writer.fold(indices, (index) =>
      stratifiedSample(middleRows(index), table.y, perExperiment, stream.split('sample', index)),
    );
    const middle = hasMiddle ? writer.fold(indices, middleRows) : undefined;
    const chosen = stream.split('pairs').shuffle(trainRows).slice(0, PAIRS);
    const base = writer.rows(chosen.map((row) => table.columns.map((column) => column[row] as number)));
    const raised = writer.rows(chosen.map((row) => raiseTokens(table, row)));
    return { name, train, guarded, valid, test, sample, middle, probes, base, raised };
  });
  return writer.finish(groups);
}

function rowsOf(table: RegressionTable, experiment: number, split: SplitName): number[] {
  const [start, end] = table.experiments[experiment]?.rows[split] ?? [0, 0];
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** Appends rows, and turns them into columns once their number is known. */
class RowWriter {
  readonly #table: RegressionTable;
  readonly #rows: (number | readonly number[])[] = [];

  constructor(table: RegressionTable) {
    this.#table = table;
  }

  /** Measured rows of each experiment, in order. Experiments without rows take no part. */
  fold(experiments: readonly number[], rowsOfExperiment: (experiment: number) => readonly number[]): Fold {
    const start = this.#rows.length;
    const ranges: { experiment: number; rows: RowRange; weight: number }[] = [];
    for (const experiment of experiments) {
      const rows = rowsOfExperiment(experiment);
      if (rows.length === 0) continue;
      const from = this.#rows.length;
      for (const row of rows) this.#rows.push(row);
      const weight = this.#table.experiments[experiment]?.weight ?? 1;
      ranges.push({ experiment, rows: [from, this.#rows.length], weight });
    }
    const total = ranges.reduce((sum, range) => sum + range.weight, 0);
    return {
      rows: [start, this.#rows.length],
      parts: ranges.map(({ experiment, rows, weight }) => ({ experiment, rows, share: weight / total })),
    };
  }

  /** Rows that were not measured, given by their features. */
  rows(features: readonly (readonly number[])[]): RowRange {
    const start = this.#rows.length;
    for (const row of features) this.#rows.push(row);
    return [start, this.#rows.length];
  }

  finish(groups: readonly GroupLayout[]): Layout {
    const rowCount = this.#rows.length;
    const { features, columns: sources, y, weights } = this.#table;
    const columns = sources.map((source, k) => {
      const column = new Float64Array(rowCount);
      for (const [i, row] of this.#rows.entries())
        column[i] = (typeof row === 'number' ? source[row] : row[k]) as number;
      return column;
    });
    const gather = (source: Float64Array): Float64Array =>
      Float64Array.from(this.#rows, (row) => (typeof row === 'number' ? (source[row] as number) : Number.NaN));
    return {
      rowCount,
      features,
      columns,
      y: gather(y),
      weights: { e2e: gather(weights.e2e), ttft: gather(weights.ttft), itl: gather(weights.itl) },
      groups,
    };
  }
}
