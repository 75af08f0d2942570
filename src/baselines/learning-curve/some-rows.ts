import type { RegressionTable } from '../../data/index.ts';
import type { Random } from '../../numeric/index.ts';
import { someLabelledRows, type TrainingData } from '../rows.ts';
import { selectRows } from '../validation/select-rows.ts';
import { drawBlocks } from './row-blocks.ts';

/** A share of the training rows of each experiment of a table of recorded steps; all of its validation rows. */
export function someOfTable(table: RegressionTable, share: number, random: Random): RegressionTable {
  const drawn = table.experiments.map(({ id, rows: { train } }) => {
    const rows = drawBlocks(train[1] - train[0], share, random.split(id));
    return new Set(rows.map((row) => train[0] + row));
  });
  return selectRows(table, (index, split, row) => split !== 'train' || drawn[index]!.has(row));
}

/** The same rows, as baselines learn from them. */
export function someOfData(data: TrainingData, share: number, random: Random): TrainingData {
  return {
    ...data,
    train: data.train.map((part) =>
      someLabelledRows(part, drawBlocks(part.y.length, share, random.split(part.experiment.id))),
    ),
  };
}
