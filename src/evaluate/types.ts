import type { ClientOverheads, SplitName } from '../data/index.ts';
import type { Program } from '../program/index.ts';
import type { ResidualTerm } from './residual-terms/residual-term.ts';

/** One constant vector for all experiments, one for each architecture, tp and kind of GPU, or one for each experiment. */
export type Scope = 'global' | 'model' | 'experiment';
/**
 * In percent, lower is better. `mse`: mean over experiments of the root mean squared error, in percent of the standard deviation of
 * their training targets. `e2e`: mean of the three worst experiments' `e2eBlockError`, plus a thousandth of the mean MAPE;
 * `mape`: mean MAPE; `replay`: as `e2e`, but where requests were observed by `requests.replayError`. Mixtures of experts count
 * double.
 */
export type ObjectiveName = 'e2e' | 'mape' | 'replay' | 'mse';

/** A program to evaluate. */
export interface Candidate {
  readonly program: Program;
  /** Labels its random stream, so that the result does not depend on where or when it runs. */
  readonly stream: readonly (string | number)[];
  /** Error in percent from which on nobody would keep the program: where its refit does not lead below, it is rejected. */
  readonly limit?: number;
  /** It may read nothing of the batch: the last resort where no other program has a value on the data. */
  readonly mayBeConstant?: boolean;
  /** Where the constants start in each group, in place of the program's own start values; others start from these. */
  readonly starts?: readonly GroupStarts[];
  /** Constants of an earlier evaluation: the refit goes on from them, with more effort, until it converges. */
  readonly fits?: readonly GroupFit[];
}

/** Where the constants of a program start in one group. */
export interface GroupStarts {
  readonly group: string;
  readonly constants: Readonly<Record<string, number>>;
}

/** A program with fitted constants. */
export interface FittedProgram {
  readonly program: Program;
  readonly fits: readonly GroupFit[];
}

/**
 * Errors of one experiment on one split. Percent, except `pearson`: of what was measured, by the objective `mse` of the standard
 * deviation of the training targets.
 */
export interface ExperimentMetrics {
  /** Id of the experiment; that of one whose steps and clients were observed comes twice, the errors on its steps first. */
  readonly id: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** Mean absolute percentage error. */
  readonly mape: number;
  /** Mean signed percentage error: negative means that the program predicts too little. */
  readonly mspe: number;
  /** Correlation of predicted and observed times, −1…1; 0 where one of them does not vary. */
  readonly pearson: number;
  /** 99th percentile of the absolute percentage errors. */
  readonly p99: number;
  /** Root of the mean squared percentage error; only where rows are those of a table of its own. */
  readonly rmse?: number;
  /** 1 − Σ(p − y)²/Σ(y − mean y)², not percent; null where the targets do not vary, absent where `rmse` is. */
  readonly r2?: number | null;
  /** |mean predicted − mean observed| / mean observed of the sums over steps weighted by scheduled requests. */
  readonly e2eError: number;
  /** The same, weighted by prefilling requests; 0 where the split has none, null where steps were not measured. */
  readonly prefillWeightedError: number | null;
  /** The same, weighted by decoding requests. */
  readonly decodeWeightedError: number | null;
  /** As `e2eError`, but the mean over blocks of time, so that errors of opposite sign do not cancel over a run. */
  readonly e2eBlockError: number;
  /**
   * Only where requests were observed rather than steps. The figures above are then over requests: `rows` counts them, `mape`,
   * `mspe`, `pearson` and `p99` are of their E2E, `e2eError` is that of its mean over requests, and blocks of time are blocks of
   * requests.
   */
  readonly requests?: RequestErrors;
}

/** Errors over requests that were observed, in percent; 0 where a time was not. */
export interface RequestErrors {
  /** Weighted mean of the errors of the means and, by half, of the 90th percentiles of E2E, TTFT and time between tokens. */
  readonly replayError: number;
  /** |mean predicted − mean observed| / mean observed of the time to first token. */
  readonly ttftError: number;
  /** The same of the mean time between a request's tokens. */
  readonly itlError: number;
  /** |p90 predicted − p90 observed| / p90 observed of E2E. */
  readonly e2eP90Error: number;
  /** The same of TTFT. */
  readonly ttftP90Error: number;
  /** The same of the mean time between a request's tokens. */
  readonly itlP90Error: number;
}

/**
 * Errors of one experiment in blocks of time, by the objective: what tells how far a difference of two programs may be chance. The
 * blocks are the same for every program.
 */
export interface BlockErrors {
  /** Weight of the experiment in the objective. */
  readonly weight: number;
  /** Rows, or requests, of all blocks together. */
  readonly rows: number;
  /** Of each block in order of time, percent, to six digits. */
  readonly errors: readonly number[];
}

/** Fitted constants of one group of experiments. */
export interface GroupFit {
  /** Scope `global`: `all`; `model`: the model key; `experiment`: the experiment id. */
  readonly group: string;
  readonly constants: Readonly<Record<string, number>>;
  /**
   * Standard errors by constant, σ²·(JᵀJ)⁻¹ with the robust weights; null where the data cannot identify it, and for
   * thresholds, which the derivative does not see.
   */
  readonly standardErrors: Readonly<Record<string, number | null>>;
  /**
   * Between which values the fit kept each constant; null where nothing bounds it on that side. Absent from logs of versions without
   * bounds.
   */
  readonly bounds?: Readonly<Record<string, readonly [lower: number | null, upper: number | null]>>;
  /** What clients see beyond steps; only where it was fitted, which is done in closed loop. */
  readonly overheads?: ClientOverheads;
}

/**
 * A program fitted in closed loop: its constants hold for the batches that an engine makes under these very constants, and what
 * clients see beyond steps is fitted with them.
 */
export interface ClosedLoopFit {
  /** In the order of the evaluation's. */
  readonly fits: readonly GroupFit[];
  /** Replays of the requests that it took. */
  readonly rounds: number;
  /** False where the bound on rounds ended it. */
  readonly converged: boolean;
  /** Ids of experiments with a request log whose requests queue up under these constants for as long as the load lasts. */
  readonly saturated: readonly string[];
  /** In percent by the objective `replay`: training requests, served in closed loop. */
  readonly error: number;
  /** The same of validation requests. */
  readonly validationError: number;
  /** Errors of the means over validation requests, medians over experiments, percent. */
  readonly latencies: LatencyErrors;
  /** Of constants that were fitted in closed loop. */
  readonly floor?: FloorFigures;
  /** Of validation requests, where the constants were fitted; logs of earlier versions have none. */
  readonly validationBlocks?: readonly BlockErrors[];
}

/** Errors without sign of what clients see, percent. */
export interface LatencyErrors {
  /** Of the time to the first token. */
  readonly ttft: number;
  /** Of the time between tokens. */
  readonly itl: number;
  /** Of the time to the last token. */
  readonly e2e: number;
}

/** How many measured validation rows lie within their 90 % interval. */
export interface IntervalCoverage {
  /** How many were measured. */
  readonly rows: number;
  /** Percent of them that lie within. */
  readonly coverage: number;
  /** Lower end of the 95 % interval of this percentage, over resamples of blocks of time. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Figures of the invariants INV-M-1, 2, 3 and 5. */
export interface InvariantFigures {
  /**
   * Share of training, validation and probe rows whose prediction is not a positive finite number (INV-M-1). A gate on training
   * rows and probes; a validation row, which the search must not see, counts as predicted at 0 µs instead.
   */
  readonly nonPositive: number;
  /** Two evaluations gave the same bits (INV-M-2). */
  readonly deterministic: boolean;
  /** The columns were unchanged by the evaluation (INV-M-3). */
  readonly pure: boolean;
  /** Share of paired rows on which more tokens gave a smaller time (INV-M-5, soft: below 0.05). */
  readonly monotonicityViolations: number;
}

/** How a program keeps to what physics says of batches that nobody measured: see `floorUs` and `batchGrid`. */
export interface FloorFigures {
  /** Batches of the grids of all groups. */
  readonly batches: number;
  /** How many of them are predicted below what the hardware needs at its peak, or above what is absurd. */
  readonly violations: number;
  /** The least of prediction / floor. */
  readonly worst: number;
  /** Neighbouring batches of one size, one of which holds more context. */
  readonly rises: number;
  /** How many of them are predicted nearer to each other than it takes to read that context. */
  readonly shortRises: number;
  /** Mean relative shortfall over all of them, percent; part of the program's error. */
  readonly error: number;
}

/** Why a program was not evaluated to the end: what it broke, or what happened to the process that evaluated it. */
export type RejectReason =
  | 'malformed'
  | 'caps'
  | 'no-feature'
  | 'unknown-feature'
  | 'bounds'
  | 'screen'
  | 'not-finite'
  | 'not-positive'
  | 'race'
  | 'kernel'
  | 'timeout'
  | 'memory'
  | 'crash'
  | 'duplicate';

/** A program that was not evaluated to the end, and why. */
export interface Rejected {
  readonly status: 'rejected';
  readonly reason: RejectReason;
  /** One line for people: what was seen and where. */
  readonly detail: string;
}

/** A program that was fitted and scored. Errors in percent. */
export interface Accepted {
  readonly status: 'ok';
  /** In percent by the run's objective, training rows; what it lacks to the physical floor comes on top. */
  readonly error: number;
  /**
   * The error on training rows with the constants of all of them; where parts are held out, and `error` and `validationError` are of
   * constants that saw nothing of them.
   */
  readonly ownError?: number;
  /**
   * The same on validation rows. It chooses among the archive's programs; of the search, language models alone are told of it, and only
   * whether it is far above the other.
   */
  readonly validationError: number;
  readonly fits: readonly GroupFit[];
  readonly metrics: { readonly train: readonly ExperimentMetrics[]; readonly valid: readonly ExperimentMetrics[] };
  /** Errors on validation rows by block of time, one entry an experiment; logs of earlier versions have none. */
  readonly validationBlocks?: readonly BlockErrors[];
  /** Correlation of the relative residual with each feature on training rows, strongest first. */
  readonly residualCorrelations: readonly { readonly feature: string; readonly r: number }[];
  /** Terms that would lower the error on training rows if they were added; logs of earlier versions have none. */
  readonly residualTerms?: readonly ResidualTerm[];
  readonly invariants: InvariantFigures;
  /** Absent where no floor is known. */
  readonly floor?: FloorFigures;
  /** Where requests were observed, of programs of the front once the search has ended. */
  readonly closedLoop?: ClosedLoopFit;
  /** Of the constants in use; where steps were measured, of programs that could be picked once the search has ended. */
  readonly coverage?: IntervalCoverage;
}

/** What came of a program; `status` tells which. */
export type Evaluation = Accepted | Rejected;

/** A program that may be worth a fit. */
export type Draft = Pick<Candidate, 'program' | 'starts'>;

/** How a draft does before it is fitted: good enough to tell which of many are worth a fit. */
export interface DraftScore {
  /** In percent by the objective, on some training rows, and what physics finds wrong; observed requests count by the steps of a schedule. */
  readonly error: number;
  /** Predictions to some digits: drafts that predict the same have the same. */
  readonly print: string;
}

/**
 * Evaluates programs: in a pool of child processes, or on the workers of a queue. Results come in the order of the candidates and
 * depend on nothing but the candidates, the table and the settings.
 */
export interface Evaluator {
  /**
   * Scores drafts by one linear fit; one answer for each, in their order, undefined where a program has no finite value on some row.
   * Absent where that cannot be had.
   */
  readonly scoreDrafts?: (drafts: readonly Draft[]) => Promise<readonly (DraftScore | undefined)[]>;
  /** Checks, fits and scores programs on training and validation rows; one answer for each candidate, in their order. */
  evaluate(candidates: readonly Candidate[]): Promise<readonly Evaluation[]>;
  /** Metrics of a program with given constants on one split; no refit. Fits are matched to experiments by group. */
  score(program: Program, fits: readonly GroupFit[], split: SplitName): Promise<readonly ExperimentMetrics[]>;
  /**
   * Fits programs on in closed loop with the clients, from the constants that they have; one answer for each, in their order, which
   * says why where it came to nothing. Absent where nothing is known of clients.
   */
  readonly closeLoop?: (programs: readonly FittedProgram[]) => Promise<readonly (ClosedLoopFit | Rejected)[]>;
  /**
   * How many validation rows lie within the intervals that a fitted program gives; null where no single steps were measured. Absent
   * where an evaluator makes no intervals.
   */
  readonly coverage?: (fitted: FittedProgram) => Promise<IntervalCoverage | null>;
  /** Frees what it holds, e.g. child processes; what is being evaluated then fails. */
  close(): Promise<void>;
}
