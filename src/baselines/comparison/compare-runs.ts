import { UserError } from '../../base/index.ts';
import { readState, type Run, runSummary, secondsOf } from '../../run/index.ts';
import { bestIndividual } from '../../search/index.ts';
import {
  convergence,
  type ConvergencePoint,
  type CurvePoint,
  meanCurve,
  type Spread,
  spreadOf,
} from './convergence.ts';
import { type Recurrences, recurrences } from './structures.ts';

/** Figures of a run that are compared. Errors in percent; `pick`: the program that is chosen by default. */
export interface RunFigures {
  /** Lowest error on training rows. */
  readonly bestError: number;
  /** The pick's error on training rows. */
  readonly pickError: number;
  /** The pick's error on validation rows. */
  readonly pickValidationError: number;
  /** The pick's mean over experiments, training rows. */
  readonly pickMape: number;
  /** Number of operations. */
  readonly pickOperations: number;
  /** Number of distinct features. */
  readonly pickFeatures: number;
  /** Number of fitted constants. */
  readonly pickConstants: number;
  /** Share of the niches that hold an elite, 0–1. */
  readonly coverage: number;
  /** Sum over niches of max(0, 1 − error/100) of the best elite. */
  readonly qdScore: number;
  /** Of the Pareto front. */
  readonly hypervolume: number;
  /** Programs that were fitted to the end. */
  readonly evaluated: number;
  /** Time that the run has worked. */
  readonly seconds: number;
}

export const RUN_FIGURES: readonly (keyof RunFigures)[] = [
  'bestError',
  'pickError',
  'pickValidationError',
  'pickMape',
  'pickOperations',
  'pickFeatures',
  'pickConstants',
  'coverage',
  'qdScore',
  'hypervolume',
  'evaluated',
  'seconds',
];

/** One run in a comparison. */
export interface ComparedRun {
  /** Directory of the run. */
  readonly run: string;
  /** Seed of all randomness. */
  readonly seed: number;
  /** What made the programs: an operator, language models by name, or a mix with its shares. */
  readonly operator: string;
  /** Generations that are done. */
  readonly generations: number;
  /** Id of the pick. */
  readonly pick: string | null;
  /** What is compared. */
  readonly figures: RunFigures;
  /** A point for each generation. */
  readonly convergence: readonly ConvergencePoint[];
}

/** Runs of one operator together. */
export interface OperatorGroup {
  /** As in the runs. */
  readonly operator: string;
  /** Directories of the runs. */
  readonly runs: readonly string[];
  /** Spread of each figure over the runs. */
  readonly figures: { readonly [F in keyof RunFigures]: Spread };
}

/** A comparison of runs on the same data for the same target. Test rows take no part. */
export interface RunComparison {
  /** As they were named. */
  readonly runs: readonly ComparedRun[];
  /** Over all runs of an operator; several operators are controls of each other. */
  readonly groups: readonly OperatorGroup[];
  /** Best error after equal numbers of evaluations, by operator. */
  readonly curves: readonly {
    /** As in the groups. */
    readonly operator: string;
    readonly points: readonly CurvePoint[];
  }[];
  /** What the fronts have in common. */
  readonly recurring: Recurrences;
  /** What makes the runs less than comparable, in words. */
  readonly differences: readonly string[];
}

/**
 * Compares runs.
 *
 * @throws UserError where they are on different data, or for different targets or objectives, or one has no program.
 */
export function compareRuns(runs: readonly Run[]): RunComparison {
  refuseUnlike(runs);
  const states = runs.map((run) => ({ run, state: readState(run).state }));
  const compared = states.map(({ run, state }): ComparedRun => {
    const summary = runSummary(run.name, run.config, state, secondsOf(run));
    const best = bestIndividual(state);
    if (summary.best === null || best === undefined) {
      throw new UserError({
        code: 'baselines.no-program',
        place: { file: run.directory },
        problem: 'no program has been evaluated yet',
        mend: 'Continue the run',
      });
    }
    const pick = summary.best;
    return {
      run: run.directory,
      seed: summary.seed,
      operator: operatorOf(run),
      generations: summary.generations,
      pick: pick.id,
      figures: {
        bestError: best.criteria.error,
        pickError: pick.error,
        pickValidationError: pick.validationError,
        pickMape: pick.mape,
        pickOperations: pick.operations,
        pickFeatures: pick.features,
        pickConstants: pick.constants,
        coverage: summary.coverage,
        qdScore: summary.qdScore,
        hypervolume: summary.hypervolume,
        evaluated: summary.evaluated,
        seconds: summary.seconds,
      },
      convergence: convergence(run),
    };
  });
  const operators = [...new Set(compared.map(({ operator }) => operator))];
  const of = (operator: string): readonly ComparedRun[] => compared.filter((each) => each.operator === operator);
  const evaluations = Math.min(...compared.map((each) => each.convergence.at(-1)?.evaluations ?? 0));
  return {
    runs: compared,
    groups: operators.map((operator) => ({
      operator,
      runs: of(operator).map(({ run }) => run),
      figures: Object.fromEntries(
        RUN_FIGURES.map((figure) => [figure, spreadOf(of(operator).map(({ figures }) => figures[figure]))]),
      ) as Record<keyof RunFigures, Spread>,
    })),
    curves: operators.map((operator) => ({
      operator,
      points: meanCurve(
        of(operator).map((each) => each.convergence),
        evaluations,
      ),
    })),
    recurring: recurrences(states.map(({ state }) => state.archive.front)),
    differences: differencesOf(runs),
  };
}

/** What made the programs: a built-in operator, language models by name, or a mix with its shares. */
function operatorOf({ config: { search, llm } }: Run): string {
  const models = llm?.settings.models.map(({ model }) => model).join(' ') ?? '';
  const mix = Object.entries(search.operators)
    .filter(([, weight]) => weight > 0)
    .map(([name, weight]) => ({ name: name === 'llm' ? `llm ${models}` : name, weight }));
  return mix.length === 1 ? mix[0]!.name : mix.map(({ name, weight }) => `${name}:${weight}`).join(', ');
}

function refuseUnlike(runs: readonly Run[]): void {
  const [first] = runs;
  for (const run of runs) {
    for (const [what, of] of [
      ['data', (each: Run) => each.config.data.hash.slice(0, 12)],
      ['target', (each: Run) => each.config.target],
      ['objective', (each: Run) => each.config.objective],
      ['scope', (each: Run) => each.config.scope],
    ] as const) {
      if (first === undefined || of(run) === of(first)) continue;
      throw new UserError({
        code: 'baselines.unlike-runs',
        place: { file: run.directory },
        problem: `its ${what} is ${of(run)}, that of ${first.directory} is ${of(first)}`,
        mend: 'Compare runs on the same data with the same target, objective and scope',
      });
    }
  }
}

function differencesOf(runs: readonly Run[]): readonly string[] {
  const settings = [
    ['generations', (run: Run) => run.config.search.generations],
    ['children', (run: Run) => run.config.search.children],
    ['islands', (run: Run) => run.config.search.islands],
    ['caps', (run: Run) => JSON.stringify(run.config.search.caps)],
    ['seed programs', (run: Run) => run.config.seeds.map(({ name }) => name).join(' ')],
  ] as const;
  return settings.flatMap(([what, of]) => {
    const values = [...new Set(runs.map((run) => String(of(run))))];
    return values.length > 1 ? [`${what} differ: ${values.join(' | ')}`] : [];
  });
}
