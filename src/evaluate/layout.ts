import type { RegressionTable, SplitName } from '../data/index.ts';
import type { Random, RowRange } from '../numeric/index.ts';
import { layFloors } from './floor-rows.ts';
import { groupExperiments } from './groups.ts';
import { isObserved, observedPart, rowsNeeded } from './observed-part.ts';
import { blendColumn, blendColumns, drawBlends, raiseTokens } from './probes.ts';
import { type LaidRows, type Part, type RowSet, RowWriter } from './row-writer.ts';
import { stratifiedSample } from './sample.ts';
import type { EvaluateSettings } from './settings.ts';

export interface GroupLayout {
  readonly name: string;
  readonly train: RowSet;
  /** The training rows and, bounded alone, the probes and batches of the physical floor. */
  readonly penalised: RowSet;
  readonly valid: RowSet;
  readonly test: RowSet;
  /** Copies of some training rows, on which starts are tried. */
  readonly sample: RowSet;
  /** Copies of more training rows, those of the sample among them; only where there are many more still. */
  readonly middle: RowSet | undefined;
  /** Rows that were not measured, on which a prediction must be positive too. */
  readonly probes: RowRange;
  /** Copies of training rows, and beside them the same rows with more tokens, in the same order. */
  readonly base: RowRange;
  readonly raised: RowRange;
}

/** The rows as the kernels see them: regrouped so that every set of rows that is evaluated together is one range. */
export interface Layout extends LaidRows {
  readonly groups: readonly GroupLayout[];
}

const PROBES = 200;
const PAIRS = 200;
const MIN_SAMPLE = 100;
/** Rows of the middle subsample, over all groups; it must leave out at least as many as it takes. */
const MIDDLE_ROWS = 8000;

/**
 * Lays the table out for the settings' scope. Random choices (subsample, probes) come from the seed and the group's name alone.
 */
export function layoutTable(
  table: RegressionTable,
  settings: Pick<EvaluateSettings, 'scope' | 'sampleRows'> & Partial<Pick<EvaluateSettings, 'floor'>>,
  random: Random,
): Layout {
  const writer = new RowWriter(table);
  const members = groupExperiments(table.experiments, settings.scope);
  const sampleRows = Math.max(MIN_SAMPLE, Math.floor(settings.sampleRows / members.size));
  const groups = [...members].map(([name, ofGroup]): GroupLayout => {
    const stream = random.split('layout', name);
    const observed = ofGroup.filter((index) => isObserved(table, index));
    const indices = [...observed, ...ofGroup.filter((index) => !isObserved(table, index))];
    const split = (which: SplitName): RowSet => splitRows(writer, table, indices, which);
    const trainRows = indices.flatMap((index) => rowsOf(table, index, 'train'));
    const train = split('train');
    const blends = drawBlends(trainRows, PROBES, stream.split('probes'));
    const probes = writer.invented(blendColumns(table, blends), (derived) =>
      blendColumn(blends, derived.column, derived.range),
    );
    const keys = new Set(indices.map((index) => table.experiments[index]?.modelKey));
    const floors = settings.floor !== false ? (table.floors ?? []).filter(({ modelKey }) => keys.has(modelKey)) : [];
    const bounded = ({ rows, parts }: RowSet): RowSet => {
      const floor = layFloors(writer, floors);
      return floor === undefined ? { rows, parts } : { rows: [rows[0], floor.pairs[1]], parts, floor };
    };
    const penalised = bounded({ rows: [train.rows[0], probes[1]], parts: train.parts });
    const perExperiment = Math.ceil(sampleRows / indices.length);
    const valid = split('valid');
    const test = split('test');
    const perMiddle = Math.ceil(MIDDLE_ROWS / table.experiments.length);
    // Observations go over all rows at once.
    const hasMiddle =
      observed.length === 0 && trainRows.length > 2 * perMiddle * indices.length && perMiddle > perExperiment;
    const middleRows = (index: number): readonly number[] => {
      const rows = rowsOf(table, index, 'train');
      return hasMiddle ? stratifiedSample(rows, table.y, perMiddle, stream.split('middle', index)) : rows;
    };
    const sample = bounded(
      writer.rowSet(indices, (index) =>
        stratifiedSample(middleRows(index), table.y, perExperiment, stream.split('sample', index)),
      ),
    );
    const middle = hasMiddle ? bounded(writer.rowSet(indices, middleRows)) : undefined;
    // Of a column of any kind nobody knows that it grows with anything.
    const pairs = table.features.target === undefined ? PAIRS : 0;
    const chosen = stream.split('pairs').shuffle(trainRows).slice(0, pairs);
    const base = writer.copies(chosen);
    const raised = writer.invented(raiseTokens(table, chosen), ({ grown }) => grown(chosen));
    return { name, train, penalised, valid, test, sample, middle, probes, base, raised };
  });
  return { ...writer.finish(), groups };
}

/** The rows of a split, with what was observed over them. */
function splitRows(writer: RowWriter, table: RegressionTable, indices: readonly number[], split: SplitName): RowSet {
  const { rows, parts } = writer.rowSet(indices, (index) => range(rowsNeeded(table, index, split)));
  return {
    rows,
    parts: parts.map((part): Part => {
      const shift = part.rows[0] - rowsNeeded(table, part.experiment, split)[0];
      const observed = observedPart(table, part.experiment, split, shift);
      return observed === undefined ? part : { ...part, observed };
    }),
  };
}

function rowsOf(table: RegressionTable, experiment: number, split: SplitName): number[] {
  return range(table.experiments[experiment]?.rows[split] ?? [0, 0]);
}

function range([start, end]: RowRange): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
