import type { Dataset, Experiment, RegressionTable } from '../../data/index.ts';
import type { EvaluateSettings, GroupFit } from '../../evaluate/index.ts';
import type { ContextSource } from '../../physics/index.ts';
import type { Program } from '../../program/index.ts';
import type { LabelledRows, TrainingData } from '../rows.ts';

/** What the checks of generalisation need. */
export interface GeneralisationInput {
  readonly program: Program;
  /** The constants that the run fitted. */
  readonly fits: readonly GroupFit[];
  /** `jobs`: how many parts are held out at a time. */
  readonly settings: EvaluateSettings;
  readonly dataset: Dataset;
  /** Training and validation rows. */
  readonly table: RegressionTable;
  readonly data: TrainingData;
  readonly test: readonly LabelledRows[];
  /** Experiments that are served in closed loop too; none where step times are no clock, or nobody's load is known. */
  readonly served?: readonly Experiment[];
  /** How the program's features know the contexts of requests; from blocks by default. */
  readonly contexts?: ContextSource;
}
