import type { Timing } from '../evaluate/index.ts';
import type { Random } from '../numeric/index.ts';
import type { ContextSource } from '../physics/index.ts';
import type { LabelledRows, StepRows, TrainingData } from './rows.ts';

/** What a predictor may see of an experiment whose requests are served in closed loop. */
export interface ServedExperiment extends Pick<StepRows, 'experiment' | 'modelKey' | 'context'> {
  /** How the data knows the contexts of requests. */
  readonly contexts: ContextSource;
}

/** A fitted predictor. Prediction is a pure function of the rows. */
export interface FittedPredictor {
  /** Numbers that were fitted or chosen, over all groups; for trees the leaves and split points. */
  readonly parameters: number;
  /** What the fit came to, in a few words: chosen settings, fallbacks taken. */
  readonly notes: readonly string[];
  /** Step times in µs, one for each row; `undefined` where the predictor was not fitted for such an experiment. */
  predict(rows: StepRows): Float64Array | undefined;
  /**
   * The same times one batch after another, where there is a faster way to them than a row each, and what clients see beyond
   * steps where the fit says it; `undefined` as in `predict`.
   */
  timing?(served: ServedExperiment): Timing | undefined;
}

/** A reference predictor. Fits on training rows, chooses on validation rows, and never sees a test row before it predicts. */
export interface Predictor {
  /** Short and unique, e.g. `ridge-30`. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** The rows that the fit uses, e.g. `train, per experiment`. */
  readonly fittedOn: string;
  fit(data: TrainingData, random: Random): FittedPredictor;
}

/** What a predictor says of rows, which it gets without their targets. */
export function predictBlind(
  fitted: FittedPredictor,
  { experiment, modelKey, context, steps, contexts, requests }: LabelledRows,
): Float64Array | undefined {
  const known = { ...(contexts && { contexts }), ...(requests && { requests }) };
  return fitted.predict({ experiment, modelKey, context, steps, ...known });
}
