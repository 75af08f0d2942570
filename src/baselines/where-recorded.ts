import { isRecorded, STEP_COLUMNS, type StepColumn, type StepColumns, unrecorded } from '../physics/index.ts';
import type { Predictor } from './predictor.ts';
import type { StepRows } from './rows.ts';

/** The columns of step records that a predictor would have to do without. */
export type Missing = (steps: StepColumns) => readonly StepColumn[];

/** Of a predictor that reads some columns as they are. */
export function missingColumns(...columns: readonly StepColumn[]): Missing {
  return (steps) => columns.filter((column) => !isRecorded(steps, column));
}

/** Of a predictor that reads the context of a batch, from the blocks in use or better. */
export function missingContext(steps: StepColumns): readonly StepColumn[] {
  return unrecorded(steps, ['kvBlocksTotal', 'kvBlocksFree']);
}

/**
 * A predictor that learns from the experiments that have its columns, and predicts these alone: of any other there is no
 * prediction, rather than one of NaN.
 */
export function whereRecorded(predictor: Predictor, missing: Missing): Predictor {
  const isWhole = ({ steps }: StepRows): boolean => missing(steps).length === 0;
  return {
    ...predictor,
    fit: (data, random) => {
      const { train, valid } = data;
      const lacking = [...new Set([...train, ...valid].flatMap(({ steps }) => missing(steps)))];
      const notes = lacking.length > 0 ? [`not recorded: ${lacking.map((name) => STEP_COLUMNS[name]).join(', ')}`] : [];
      const usable = train.filter(isWhole);
      if (usable.length === 0) return { parameters: 0, notes, predict: () => undefined };
      const fitted = predictor.fit({ ...data, train: usable, valid: valid.filter(isWhole) }, random);
      return {
        ...fitted,
        notes: [...fitted.notes, ...notes],
        predict: (rows) => (isWhole(rows) ? fitted.predict(rows) : undefined),
      };
    },
  };
}
