import type { Explanation } from '../baselines/index.ts';
import { buildTable, type Dataset, type RegressionTable } from '../data/index.ts';
import {
  type Accepted,
  type BeyondData,
  type ExperimentMetrics,
  fitsInUse,
  type GroupFit,
  type InvariantFigures,
  withoutSecondEntries,
} from '../evaluate/index.ts';
import { printMathml } from '../program/index.ts';
import {
  frontEntries,
  type FrontEntry,
  readState,
  type Run,
  type RunSummary,
  runSummary,
  secondsOf,
} from '../run/index.ts';
import { eliteUnion, type Individual, pickProgram, type SearchState } from '../search/index.ts';
import type { ClosedLoopReport } from './closed-loop.ts';
import { readHistory } from './history.ts';
import type { RunHistory } from './history-figures.ts';
import { kneeOf } from './knee.ts';
import { type LineageStep, lineageOf } from './lineage.ts';
import { predictTable } from './predictions.ts';
import { type ProgramDocument, programDocument } from './program-document.ts';
import { type RowFigures, rowFigures } from './row-figures.ts';

/** A program of the front with all that the report shows of it. */
export interface ProgramReport {
  /** As `evolve show --json` gives it. */
  readonly details: ProgramDocument;
  /** Those to predict with. */
  readonly fits: readonly GroupFit[];
  readonly invariants: InvariantFigures;
  readonly mathml: string;
  readonly lineage: readonly LineageStep[];
  /** Undefined where the run's data is not at hand. */
  readonly rows?: RowFigures;
}

/** A predictor to compare with: a seed program or a baseline; metrics on validation rows. */
export interface Reference {
  readonly name: string;
  readonly kind: 'seed' | 'baseline';
  readonly error: number;
  readonly experiments: readonly ExperimentMetrics[];
}

/** All that the report shows, plain data. */
export interface ReportData {
  readonly run: Run;
  readonly summary: RunSummary;
  /** The Pareto front, from the smallest program to the largest. */
  readonly front: readonly FrontEntry[];
  readonly pick?: string;
  readonly knee?: string;
  readonly programs: readonly ProgramReport[];
  readonly references: readonly Reference[];
  /** The best elite of each niche over all islands, by niche; ids and errors. */
  readonly elites: readonly (
    | { readonly id: string; readonly error: number; readonly operations: number }
    | undefined
  )[];
  readonly history: RunHistory;
  /** The pick; undefined where nothing was simulated. */
  readonly closedLoop?: ClosedLoopReport;
  /** What the times of the pick are made of; undefined where nothing was explained. */
  readonly explanation?: Explanation;
  /** How the pick behaves where nothing was measured; undefined where nobody looked. */
  readonly beyond?: BeyondData;
  readonly isOver: boolean;
}

/** What a report is made from. */
export interface ReportSource {
  readonly run: Run;
  /** The run's data; without it the figures that need rows are left out. */
  readonly dataset?: Dataset;
  /** Predictors beyond the run's seed programs. */
  readonly baselines?: readonly Reference[];
  /** Serves the requests of the data with a program; without it nothing is simulated, which a page that is made again and again needs. */
  readonly loopsOf?: ((individual: Individual) => ClosedLoopReport) | undefined;
  /** Takes a program apart; left out for the same reason. */
  readonly explain?: (individual: Individual) => Explanation;
  /** Looks at a program beyond its data; left out for the same reason. */
  readonly lookBeyond?: (individual: Individual) => BeyondData;
}

/**
 * Collects reports of one run, which may be going on: a program's figures are computed once, however often the report is
 * made. Reads training and validation rows alone; test rows stay closed.
 */
export class ReportCollector {
  readonly #source: ReportSource;
  readonly #table: RegressionTable | undefined;
  readonly #programs = new Map<string, Omit<ProgramReport, 'lineage'>>();

  constructor(source: ReportSource) {
    const { run, dataset } = source;
    this.#source = source;
    this.#table =
      dataset === undefined
        ? undefined
        : // Rows of a replay are no measurement: where there are others, these are drawn alone.
          withoutSecondEntries(buildTable(dataset, { target: run.config.target, splits: ['train', 'valid'] }));
  }

  /** The report on what is committed now. */
  collect(): ReportData {
    const { run, baselines = [], loopsOf, explain, lookBeyond } = this.#source;
    const { state } = readState(run);
    const history = readHistory(run);
    const entries = frontEntries(state);
    const picked = pickProgram(state.archive.front, run.config.objective);
    const pick = picked?.id;
    const knee = kneeOf(entries)?.id;
    return {
      run,
      summary: runSummary(run.name, run.config, state, secondsOf(run)),
      front: entries,
      ...(pick !== undefined && { pick }),
      ...(knee !== undefined && { knee }),
      programs: state.archive.front.map((individual) => ({
        ...this.#program(individual),
        lineage: lineageOf(history, individual.id),
      })),
      references: [...seedReferences(history), ...baselines],
      elites: elitesOf(state),
      history,
      ...(picked !== undefined && loopsOf !== undefined && { closedLoop: loopsOf(picked) }),
      ...(picked !== undefined && explain !== undefined && { explanation: explain(picked) }),
      ...(picked !== undefined && lookBeyond !== undefined && { beyond: lookBeyond(picked) }),
      isOver: state.stopped !== null,
    };
  }

  #program(individual: Individual): Omit<ProgramReport, 'lineage'> {
    const { program, evaluation } = individual;
    const known = this.#programs.get(individual.id);
    if (known !== undefined && isOf(known, evaluation)) return known;
    const { invariants, residualCorrelations } = evaluation;
    const fits = fitsInUse(evaluation);
    const report = {
      details: programDocument(individual, this.#source.run.config),
      fits,
      invariants,
      mathml: printMathml(program),
      ...(this.#table !== undefined && {
        rows: rowFigures(
          this.#table,
          predictTable(this.#table, program, fits, this.#source.run.config.scope),
          residualCorrelations,
        ),
      }),
    };
    this.#programs.set(individual.id, report);
    return report;
  }
}

/** Whether a program was reported on as it was evaluated last: the programs of the front are fitted anew when a run ends. */
function isOf({ details }: Pick<ProgramReport, 'details'>, { error, closedLoop }: Accepted): boolean {
  return details.error === error && details.closedLoop?.error === closedLoop?.error;
}

function seedReferences({ seeds }: RunHistory): readonly Reference[] {
  return seeds.map(({ origin, validationError, evaluation }) => ({
    name: origin.mutation,
    kind: 'seed',
    error: validationError,
    experiments: evaluation.metrics.valid,
  }));
}

function elitesOf({ archive }: SearchState): ReportData['elites'] {
  return eliteUnion(archive).map((elite) =>
    elite === undefined
      ? undefined
      : { id: elite.id, error: elite.criteria.error, operations: elite.criteria.operations },
  );
}
