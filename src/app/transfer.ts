import {
  REFERENCE_PROGRAMS,
  referencePredictors,
  transferBaseline,
  type TransferContestant,
  transferProgram,
  type TransferReport,
  transferReport,
} from '../baselines/index.ts';
import { buildTable, type Dataset, type StepTarget, stepTarget, type TargetName } from '../data/index.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings, fitsInUse } from '../evaluate/index.ts';
import type { Individual } from '../search/index.ts';

/** Whose way to carry over is measured, and against whom. */
export interface TransferInput {
  readonly dataset: Dataset;
  readonly target: TargetName;
  /** A program of a run; default: none. */
  readonly program?: Pick<Individual, 'id' | 'program' | 'evaluation'>;
  /** How the run evaluates; default: by MAPE. */
  readonly settings?: EvaluateSettings;
  /** Folder with measured kernel efficiencies for the roofline. */
  readonly benchData?: string | undefined;
  readonly onNote?: ((line: string) => void) | undefined;
}

/** Whether that is most of what can be said of predictors: serving points tell no step, and have no load to be served. */
export function hasPoints({ experiments }: Dataset): boolean {
  return experiments.some(({ points }) => points !== undefined);
}

/** A program and every reference predictor without each model, kind of GPU, generation and engine. */
export async function measureTransfer(input: TransferInput): Promise<TransferReport> {
  const { dataset, program, settings, benchData, onNote } = input;
  const target: StepTarget = stepTarget(dataset, input.target);
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  const judged = { settings: settings ?? { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape' as const }, table };
  const own: readonly TransferContestant[] =
    program === undefined
      ? []
      : [
          transferProgram({
            ...judged,
            name: program.id,
            kind: 'program',
            program: program.program,
            fits: fitsInUse(program.evaluation),
          }),
        ];
  const forms = REFERENCE_PROGRAMS.map((form) => transferProgram({ ...judged, ...form, kind: 'baseline' }));
  const contestants = [...own, ...forms, ...referencePredictors(benchData).map(transferBaseline)];
  return await transferReport(dataset, target, contestants, (heldOut) => onNote?.(`fitting without ${heldOut}`));
}
