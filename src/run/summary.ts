import type { ExperimentMetrics } from '../evaluate/index.ts';
import { printSource } from '../program/index.ts';
import {
  archiveFigures,
  type Counts,
  type Individual,
  meanMape,
  pickProgram,
  type SearchState,
  withFittedStarts,
} from '../search/index.ts';
import { archiveHash } from './archive-hash.ts';
import type { RunConfig } from './config.ts';

/** One program of the frontier. Errors in percent. */
export interface FrontierEntry {
  readonly id: string;
  readonly operations: number;
  readonly conditionals: number;
  readonly constants: number;
  /** Number of distinct features. */
  readonly features: number;
  /** The run's objective on training rows. */
  readonly error: number;
  /** Mean over experiments, training rows. */
  readonly mape: number;
  /** The run's objective on validation rows. */
  readonly validationError: number;
  readonly generation: number;
  /** `<operator>:<mutation>`; `seed:<name>` for a seed program. */
  readonly operator: string;
  /** The program with the median of its fitted constants as start values. */
  readonly source: string;
}

/** The figures of one program. */
export const frontierEntry = (individual: Individual): FrontierEntry => {
  const { id, objectives, complexity, evaluation, origin } = individual;
  return {
    id,
    operations: objectives.operations,
    conditionals: complexity.conditionals,
    constants: complexity.constants,
    features: objectives.features,
    error: evaluation.error,
    mape: meanMape(evaluation, 'train'),
    validationError: evaluation.validationError,
    generation: origin.generation,
    operator: `${origin.operator}:${origin.mutation}`,
    source: printSource(withFittedStarts(individual)),
  };
};

/** The Pareto front, from the smallest program to the largest. */
export const frontier = (state: SearchState): readonly FrontierEntry[] => state.archive.front.map(frontierEntry);

/** One program in full. */
export interface ProgramDetails extends FrontierEntry {
  readonly constantsByGroup: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Training rows. */
  readonly experiments: readonly ExperimentMetrics[];
  /** Validation rows. */
  readonly validationExperiments: readonly ExperimentMetrics[];
  readonly parents: readonly string[];
}

/** The figures of one program with its constants, its errors by experiment and where it came from. */
export const programDetails = (individual: Individual): ProgramDetails => {
  const { evaluation, origin } = individual;
  return {
    ...frontierEntry(individual),
    constantsByGroup: Object.fromEntries(evaluation.fits.map(({ group, constants }) => [group, constants])),
    experiments: evaluation.metrics.train,
    validationExperiments: evaluation.metrics.valid,
    parents: origin.parents,
  };
};

/** What a run has come to; all but `seconds` is the same for the same configuration. */
export interface RunSummary {
  readonly run: string;
  readonly seed: number;
  readonly target: RunConfig['target'];
  readonly objective: RunConfig['objective'];
  readonly scope: RunConfig['scope'];
  readonly generations: number;
  readonly proposed: number;
  readonly evaluated: number;
  readonly rejected: Counts['rejected'];
  readonly coverage: number;
  readonly qdScore: number;
  readonly hypervolume: number;
  readonly archiveHash: string;
  /** The program that is chosen by default, see `pickProgram`; null for an empty archive. */
  readonly best: FrontierEntry | null;
  readonly seconds: number;
}

/** Sums up a run. */
export const runSummary = (name: string, config: RunConfig, state: SearchState, seconds: number): RunSummary => {
  const best = pickProgram(state.archive.front);
  return {
    run: name,
    seed: config.search.seed,
    target: config.target,
    objective: config.objective,
    scope: config.scope,
    generations: Math.max(0, state.generation),
    proposed: state.counts.proposed,
    evaluated: state.counts.evaluated,
    rejected: state.counts.rejected,
    ...archiveFigures(state.archive),
    archiveHash: archiveHash(state),
    best: best === undefined ? null : frontierEntry(best),
    seconds,
  };
};
