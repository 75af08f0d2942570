import { isRecorded, STEP_COLUMNS, type StepColumn, unrecorded } from '../physics/index.ts';
import type { Predictor } from './predictor.ts';
import type { StepRows } from './rows.ts';

/** The columns of step records that a predictor would have to do without. */
export type Missing = (rows: StepRows) => readonly StepColumn[];

/** Of a predictor that reads some columns as they are. */
export function missingColumns(...columns: readonly StepColumn[]): Missing {
  return ({ steps }) => columns.filter((column) => !isRecorded(steps, column));
}

/** Of a predictor that reads the context of a batch from its step record. */
export function missingContext({ steps }: StepRows): readonly StepColumn[] {
  return unrecorded(steps, ['kvBlocksTotal', 'kvBlocksFree']);
}

/** Of a program that reads features of the context. */
export function missingFeatures(rows: StepRows): readonly StepColumn[] {
  return rows.contexts === undefined ? missingContext(rows) : [];
}

/**
 * A predictor that learns from the experiments that have its columns, and predicts these alone: of any other there is no
 * prediction, rather than one of NaN.
 */
export function whereRecorded(predictor: Predictor, missing: Missing): Predictor {
  const isWhole = (rows: StepRows): boolean => missing(rows).length === 0;
  return {
    ...predictor,
    fit: (data, random) => {
      const { train, valid } = data;
      const lacking = [...new Set([...train, ...valid].flatMap((rows) => missing(rows)))];
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
