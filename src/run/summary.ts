import {
  type ClosedLoopFit,
  type ExperimentMetrics,
  fitsInUse,
  floorInUse,
  type FloorFigures,
  type LatencyErrors,
} from '../evaluate/index.ts';
import { printSource } from '../program/index.ts';
import {
  type ArchiveFigures,
  archiveFigures,
  type Counts,
  type Individual,
  meanMape,
  pickProgram,
  type ModelSpending,
  NO_TALLY,
  SEED_OPERATOR,
  type SearchState,
  type Tally,
  withFittedStarts,
} from '../search/index.ts';
import { archiveHash } from './archive-hash.ts';
import { type ChoiceSummary, choiceSummary } from './choice-summary.ts';
import type { RunConfig } from './config-schema.ts';

/** One program of the front. Errors in percent. */
export interface FrontEntry {
  /** Eight hex digits. Programs that differ only in constants or in the order of commuting operands have the same. */
  readonly id: string;
  /** Number of operations. */
  readonly operations: number;
  /** Number of conditionals. */
  readonly conditionals: number;
  /** Number of fitted constants. */
  readonly constants: number;
  /** Number of distinct features. */
  readonly features: number;
  /** By the run's objective on training rows. */
  readonly error: number;
  /** Mean over experiments, training rows. */
  readonly mape: number;
  /** By the run's objective on validation rows. */
  readonly validationError: number;
  /** The generation that it came from; 0 for a seed program. */
  readonly generation: number;
  /** `<operator>:<mutation>`; `seed:<name>` for a seed program. */
  readonly operator: string;
  /** The program with the median of its fitted constants as start values. */
  readonly source: string;
  /** How it keeps to physics where nothing was measured; absent where no floor was gone by. */
  readonly floor?: FloorFigures;
  /** Only where it was fitted in closed loop: where requests were observed, once the search has ended. */
  readonly closedLoop?: ClosedLoopSummary;
}

/** How a program does where an engine makes its batches under the program's own step times. Errors in percent. */
export interface ClosedLoopSummary {
  /** By the objective `replay`, training requests. */
  readonly error: number;
  /** The same of validation requests. */
  readonly validationError: number;
  /** Replays of the requests that the fit took. */
  readonly rounds: number;
  /** False where the bound on rounds ended it. */
  readonly converged: boolean;
  /** Ids of experiments whose requests queue up for as long as the load lasts. */
  readonly saturated: readonly string[];
  /** Errors of the means over validation requests, medians over experiments. */
  readonly latencies: LatencyErrors;
}

/** The figures of one program. */
export function frontEntry(individual: Individual): FrontEntry {
  const { id, criteria, complexity, evaluation, origin } = individual;
  const floor = floorInUse(evaluation);
  return {
    id,
    operations: criteria.operations,
    conditionals: complexity.conditionals,
    constants: complexity.constants,
    features: criteria.features,
    error: evaluation.error,
    mape: meanMape(evaluation, 'train'),
    validationError: evaluation.validationError,
    generation: origin.generation,
    operator: `${origin.operator}:${origin.mutation}`,
    source: printSource(withFittedStarts(individual)),
    ...(floor !== undefined && { floor }),
    ...(evaluation.closedLoop !== undefined && { closedLoop: closedLoopSummary(evaluation.closedLoop) }),
  };
}

function closedLoopSummary(fit: ClosedLoopFit): ClosedLoopSummary {
  const { error, validationError, rounds, converged, saturated, latencies } = fit;
  return { error, validationError, rounds, converged, saturated, latencies };
}

/** The Pareto front, from the smallest program to the largest. */
export function frontEntries(state: SearchState): readonly FrontEntry[] {
  return state.archive.front.map(frontEntry);
}

/** One program in full. */
export interface ProgramDetails extends FrontEntry {
  /** Fitted constants by name, by group of experiments (see `scope` of the run); those fitted in closed loop, where it was. */
  readonly constantsByGroup: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Training rows. */
  readonly experiments: readonly ExperimentMetrics[];
  /** Validation rows. */
  readonly validationExperiments: readonly ExperimentMetrics[];
  /** Ids of the programs that it was made from, the one that was changed first; none for a seed program. */
  readonly parents: readonly string[];
}

/** The figures of one program with its constants, its errors by experiment and where it came from. */
export function programDetails(individual: Individual): ProgramDetails {
  const { evaluation, origin } = individual;
  return {
    ...frontEntry(individual),
    constantsByGroup: Object.fromEntries(fitsInUse(evaluation).map(({ group, constants }) => [group, constants])),
    experiments: evaluation.metrics.train,
    validationExperiments: evaluation.metrics.valid,
    parents: origin.parents,
  };
}

/** What an operator, or a model, has brought and cost. */
export interface OperatorSummary {
  /** Programs that it proposed. */
  readonly proposed: number;
  /** Programs that could be read, kept the caps and were new to the run. */
  readonly valid: number;
  /** Programs that the archive took. */
  readonly inserted: number;
  /** Programs that lowered the error of the Pareto front at their size. */
  readonly improved: number;
  /** USD; null where a model without a price took part. */
  readonly costUsd: number | null;
  /** USD; null where nothing improved or the cost is unknown. */
  readonly costPerImprovementUsd: number | null;
}

/** What the language models of a run were asked. */
export interface LlmSummary extends LlmUse {
  /** The same for each model, with what its programs brought. */
  readonly byModel: Readonly<Record<string, LlmUse & OperatorSummary>>;
}

interface LlmUse {
  /** Calls that were answered. */
  readonly calls: number;
  /** Attempts beyond the first of a call. */
  readonly retries: number;
  /** As the provider counts them. */
  readonly inputTokens: number;
  /** As the provider counts them. */
  readonly outputTokens: number;
  /** USD; null where a model without a price took part. */
  readonly costUsd: number | null;
}

function operatorSummary({ proposed, valid, inserted, improved, costUsd }: Tally, isPriced: boolean): OperatorSummary {
  return {
    proposed,
    valid,
    inserted,
    improved,
    costUsd: isPriced ? costUsd : null,
    costPerImprovementUsd: isPriced && improved > 0 ? costUsd / improved : null,
  };
}

function llmUse({ calls, retries, inputTokens, outputTokens, unpricedCalls, costUsd }: ModelSpending): LlmUse {
  return {
    calls,
    retries,
    inputTokens,
    outputTokens,
    costUsd: unpricedCalls > 0 ? null : costUsd,
  };
}

/** What each operator has brought; seed programs are nobody's. */
function operatorSummaries({ operators, spending }: SearchState): Readonly<Record<string, OperatorSummary>> {
  return Object.fromEntries(
    Object.entries(operators)
      .filter(([name]) => name !== SEED_OPERATOR)
      .map(([name, tally]) => [name, operatorSummary(tally, name !== 'llm' || spending.unpricedCalls === 0)]),
  );
}

/** What the language models were asked, and what each has brought. */
function llmSummary({ spending, models }: SearchState): LlmSummary {
  return {
    ...llmUse(spending),
    byModel: Object.fromEntries(
      Object.entries(spending.byModel).map(([model, use]) => [
        model,
        { ...operatorSummary(models[model] ?? NO_TALLY, use.unpricedCalls === 0), ...llmUse(use) },
      ]),
    ),
  };
}

/** What a run has come to; all but `seconds` is the same for the same configuration. */
export interface RunSummary extends ArchiveFigures {
  /** Name of the run, or its directory. */
  readonly run: string;
  /** Seed of all randomness. */
  readonly seed: number;
  /** What is predicted. */
  readonly target: RunConfig['target'];
  /** What `error` measures. */
  readonly objective: RunConfig['objective'];
  /** Which experiments share fitted constants. */
  readonly scope: RunConfig['scope'];
  /** Generations that are done. */
  readonly generations: number;
  /** Programs that one linear fit scored, few of which were proposed; 0 in runs of before there were drafts. */
  readonly drafts: number;
  /** Programs that were proposed, seed programs included: `evaluated` and all of `rejected`. */
  readonly proposed: number;
  /** Programs that were fitted to the end. */
  readonly evaluated: number;
  /** Programs that came to nothing, by reason; absent reasons did not occur. */
  readonly rejected: Counts['rejected'];
  /** SHA-256 over the archive, hex; the same for the same search. */
  readonly archiveHash: string;
  /** The program that is chosen by default, see `pickProgram`; null for an empty archive. */
  readonly best: FrontEntry | null;
  /** How it was chosen; null for an empty archive. */
  readonly choice: ChoiceSummary | null;
  /** Language models. */
  readonly llm: LlmSummary;
  /** By operator. */
  readonly operators: Readonly<Record<string, OperatorSummary>>;
  /** Time that the run has worked, over all its sittings. */
  readonly seconds: number;
}

/** Sums up a run. */
export function runSummary(name: string, config: RunConfig, state: SearchState, seconds: number): RunSummary {
  const best = pickProgram(state.archive.front, config.objective);
  return {
    run: name,
    seed: config.search.seed,
    target: config.target,
    objective: config.objective,
    scope: config.scope,
    generations: Math.max(0, state.generation),
    drafts: state.counts.drafts,
    proposed: state.counts.proposed,
    evaluated: state.counts.evaluated,
    rejected: state.counts.rejected,
    ...archiveFigures(state.archive),
    archiveHash: archiveHash(state),
    best: best === undefined ? null : frontEntry(best),
    choice: choiceSummary(state, config.objective),
    llm: llmSummary(state),
    operators: operatorSummaries(state),
    seconds,
  };
}
