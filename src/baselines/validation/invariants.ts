import {
  type ExperimentMetrics,
  type FlatStretches,
  type GroupFit,
  groupOf,
  type InvariantFigures,
  type Scope,
} from '../../evaluate/index.ts';
import { createRandom, mean, median } from '../../numeric/index.ts';
import {
  batchGraph,
  type BatchRequest,
  type ContextSource,
  requestReductions,
  requestSums,
  type ServingContext,
} from '../../physics/index.ts';
import { type FeatureTable, type Graph, interpret, type Program, reductionsOf } from '../../program/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { groupOfRows } from '../groups.ts';
import type { LabelledRows } from '../rows.ts';
import { reductionRanges } from './batch-reductions.ts';
import { parameterValues, sumRanges } from './batch-sums.ts';
import { checkMonotonicity, type Monotonicity } from './monotonicity.ts';
import { checkPositivity, type Positivity } from './positivity.ts';

/** The invariants that a step-time model must keep, each with its figure and whether it holds. */
export interface InvariantReport {
  /** Positive for every non-empty batch. */
  readonly 'INV-M-1': {
    /** Whether it holds. */
    readonly holds: boolean;
    /** By intervals, for every group. */
    readonly proved: boolean;
    /** By group of constants and model. */
    readonly groups: readonly Positivity[];
    /** Test rows whose prediction is not a positive finite number. */
    readonly nonPositiveTestRows: number;
  };
  /** The same answer each time. */
  readonly 'INV-M-2': {
    /** Whether it holds. */
    readonly holds: boolean;
    /** Test rows on which two evaluations differ. */
    readonly differingTestRows: number;
  };
  /** Nothing else changes: the feature columns had the same bits after the evaluation. */
  readonly 'INV-M-3': {
    /** Whether it holds. */
    readonly holds: boolean;
  };
  /** Under 1 ms for 128 requests: request sums, features and program, interpreted; compiled Go takes less. */
  readonly 'INV-M-4': {
    /** Whether it holds. */
    readonly holds: boolean;
    /** Median of repeated evaluations, µs. */
    readonly medianUs: number;
    /** Requests in the batch. */
    readonly requests: number;
  };
  /** More work takes no less time, and more where the hardware needs more; each soft, below 5 %. */
  readonly 'INV-M-5': Monotonicity & {
    /** Steps along response curves on which the physical floor rises; see `curves`. */
    readonly floorRises: number;
    /** Of them, those on which the time rises by less than a tenth as much. */
    readonly flatStretches: number;
    /** Whether it holds. */
    readonly holds: boolean;
  };
  /** |MSPE| under 5 %, on the mean over experiments. */
  readonly 'INV-M-6': {
    /** Whether it holds. */
    readonly holds: boolean;
    /** Percent, over experiments. */
    readonly meanMspe: number;
    /** The experiment with the largest |MSPE|, percent. */
    readonly worst: {
      /** Id of the experiment. */
      readonly id: string;
      /** Its MSPE. */
      readonly mspe: number;
    } | null;
    /** Experiments with |MSPE| of 5 % or more. */
    readonly outside: number;
  };
}

export interface InvariantInput {
  readonly program: Program;
  readonly fits: readonly GroupFit[];
  readonly scope: Scope;
  /** What was seen of the program when it was evaluated. */
  readonly evaluated: InvariantFigures;
  /** With the ranges of the request sums on training rows. */
  readonly features: FeatureTable;
  /** How the dataset knows the contexts of requests. */
  readonly contexts: ContextSource;
  readonly test: readonly LabelledRows[];
  readonly metrics: readonly ExperimentMetrics[];
  /** Of models whose floor is gone by. */
  readonly stretches?: FlatStretches;
}

const LATENCY_LIMIT_US = 1000;
const LATENCY_REQUESTS = 128;
const LATENCY_RUNS = 300;
const VIOLATION_LIMIT = 0.05;
const BIAS_LIMIT = 5;

/** Checks INV-M-1 to INV-M-6. Latency is measured; all else is the same for the same input. */
export function checkInvariants(input: InvariantInput): InvariantReport {
  const { stretches = { rises: 0, flat: 0 } } = input;
  const graph = batchGraph(input.program, input.contexts);
  const constantsOf = (rows: LabelledRows): Readonly<Record<string, number>> =>
    input.fits.find(({ group }) => group === groupOfRows(rows, input.scope))?.constants ?? {};
  const rows = testRowFigures(input);
  const groups = positivityByGroup(graph, input);
  const monotonicity = checkMonotonicity(graph, constantsOf, input.test);
  const first = input.test[0];
  const medianUs = first === undefined ? Number.NaN : latencyUs(graph, constantsOf(first), first.context);
  const mspe = input.metrics.map((each) => ({ id: each.id, mspe: each.mspe }));
  const meanMspe = mean(mspe.map((each) => each.mspe));
  return {
    'INV-M-1': {
      holds: rows.nonPositive === 0 && groups.every(({ verdict }) => verdict !== 'refuted'),
      proved: groups.every(({ verdict }) => verdict === 'proved'),
      groups,
      nonPositiveTestRows: rows.nonPositive,
    },
    'INV-M-2': { holds: input.evaluated.deterministic && rows.differing === 0, differingTestRows: rows.differing },
    'INV-M-3': { holds: input.evaluated.pure },
    'INV-M-4': { holds: medianUs < LATENCY_LIMIT_US, medianUs, requests: LATENCY_REQUESTS },
    'INV-M-5': {
      ...monotonicity,
      floorRises: stretches.rises,
      flatStretches: stretches.flat,
      holds:
        monotonicity.violations < VIOLATION_LIMIT && stretches.flat <= VIOLATION_LIMIT * Math.max(1, stretches.rises),
    },
    'INV-M-6': {
      holds: Math.abs(meanMspe) < BIAS_LIMIT,
      meanMspe,
      worst: mspe.length === 0 ? null : mspe.reduce((a, b) => (Math.abs(b.mspe) > Math.abs(a.mspe) ? b : a)),
      outside: mspe.filter((each) => Math.abs(each.mspe) >= BIAS_LIMIT).length,
    },
  };
}

function testRowFigures({ program, fits, scope, test }: InvariantInput): { nonPositive: number; differing: number } {
  let nonPositive = 0;
  let differing = 0;
  const fitted = fittedProgram(program, fits, scope);
  for (const part of test) {
    const once = fitted.predict(part);
    const again = fitted.predict(part);
    for (let row = 0; row < part.y.length; row++) {
      const value = once?.[row] ?? Number.NaN;
      if (!(value > 0 && value < Number.POSITIVE_INFINITY)) nonPositive++;
      if (!Object.is(once?.[row], again?.[row])) differing++;
    }
  }
  return { nonPositive, differing };
}

/** A group of constants may serve several models (scope global), and a model several groups (scope experiment). */
function positivityByGroup(
  graph: Graph,
  { fits, scope, features, contexts, test }: InvariantInput,
): readonly Positivity[] {
  const ranges = { ...sumRanges(features, contexts), ...reductionRanges(graph, features) };
  return fits.flatMap(({ group, constants }) => {
    const members = test.filter(
      (part) => groupOf({ id: part.experiment.id, modelKey: part.modelKey }, scope) === group,
    );
    const models = new Map(members.map((part) => [part.modelKey, part.context]));
    return [...models].map(([model, context]) => ({
      group,
      model,
      ...checkPositivity(graph, constants, context, ranges, createRandom(0).split('positivity', group, model)),
    }));
  });
}

function latencyUs(graph: Graph, constants: Readonly<Record<string, number>>, context: ServingContext): number {
  const requests = Array.from(
    { length: LATENCY_REQUESTS },
    (_, i): BatchRequest => ({
      progressIndex: i % 8 === 0 ? 0 : 600 + 7 * i,
      newTokens: i % 8 === 0 ? 100 : 1,
      inputLength: 550,
      outputLength: 250,
    }),
  );
  const parameters = parameterValues(context);
  const reductions = reductionsOf(graph).map(({ name }) => name);
  const times = Array.from({ length: LATENCY_RUNS }, () => {
    const start = performance.now();
    const sums = requestSums(requests, context.blockSize);
    interpret(graph, { features: { ...parameters, ...sums, ...requestReductions(reductions, requests) }, constants });
    return 1000 * (performance.now() - start);
  });
  return median(times.slice(LATENCY_RUNS / 3));
}
