import { type Dataset, modelKey, servingContext, type SplitName } from '../../data/index.ts';
import type { ContextSource } from '../../physics/index.ts';
import type { Program } from '../../program/index.ts';
import { programStepTime } from '../../serving/index.ts';
import { fitOfExperiment } from '../fits-in-use.ts';
import type { GroupFit, Scope } from '../types.ts';
import { closedLoop, type ClosedLoop, type WhatIf } from './simulate.ts';

/** A program with the constants to predict with. */
export interface ProgramInUse {
  readonly program: Program;
  readonly fits: readonly GroupFit[];
  readonly scope: Scope;
  /** How the data that it was fitted on knows the contexts of requests. */
  readonly contexts?: ContextSource | undefined;
}

/** The experiments of a dataset in closed loop. */
export interface ProgramLoops {
  readonly experiments: readonly ClosedLoop[];
  /** Experiments that could not be simulated, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Serves the requests of every experiment with the step times of a program, as `closedLoop` does. */
export function programLoops(
  dataset: Dataset,
  { program, fits, scope, contexts }: ProgramInUse,
  split: SplitName,
  whatIf: WhatIf = {},
): ProgramLoops {
  const experiments: ClosedLoop[] = [];
  const missing: Record<string, string> = {};
  for (const experiment of dataset.experiments) {
    const { id, replay } = experiment;
    const fit = fitOfExperiment(fits, { id, modelKey: modelKey(experiment) }, scope);
    if (fit === undefined) {
      missing[id] = 'the program has no constants for it';
      continue;
    }
    const stepTime = programStepTime(program, fit.constants, servingContext(dataset, experiment), contexts);
    const { overheads = replay?.overheads } = fit;
    try {
      const loop = closedLoop(dataset, experiment, { stepTime, overheads }, split, whatIf);
      if (loop === undefined) missing[id] = 'it has no requests of this split that can be served';
      else experiments.push(loop);
    } catch (error) {
      // A program may have no number for batches far from those that it was fitted on.
      if (!(error instanceof RangeError)) throw error;
      missing[id] = error.message;
    }
  }
  return { experiments, missing };
}
