import type {
  Checked,
  ClosedLoopScore,
  Figures,
  HoldOutCheck,
  Intervals,
  InvariantReport,
  LearningCurves,
  LoadCheck,
  LoopErrors,
  NestedCheck,
  TransferReport,
} from '../baselines/index.ts';
import type { BeyondData, ClosedLoop, ExperimentMetrics } from '../evaluate/index.ts';
import type { TestAccessRecord } from './test-access.ts';

/*
 * `ValidateDocument` and its parts, by the rules of `documents.ts`.
 */

/** An error by split, percent. */
export interface BySplit {
  readonly train: number;
  readonly valid: number;
  readonly test: number;
}

/** Errors on the test rows and how sure they are. */
export interface TestErrors {
  /** By experiment. */
  readonly experiments: readonly ExperimentMetrics[];
  /** Mean over experiments. */
  readonly mean: Figures;
  /** Median over experiments. */
  readonly median: Figures;
  /** 95 % bootstrap intervals of MAPE, 1000 resamples. */
  readonly intervals: {
    readonly meanMape: Intervals;
    /** Of each experiment. */
    readonly byExperiment: readonly ({
      /** Id of the experiment. */
      readonly id: string;
    } & Intervals)[];
  };
}

/** Mean E2E latency that predicted step times imply, beside what the client measured. */
export interface LatencyCheck {
  /** Id of the experiment. */
  readonly id: string;
  /** ms. */
  readonly predictedE2eMs: number;
  /** Mean of the clients, ms. */
  readonly measuredE2eMs: number;
  /** Signed, percent of measured. */
  readonly error: number;
  /** How far the sampling of the steps alone moves `error`: one standard error, percent of measured. */
  readonly standardError: number;
  /** Requests that finished in the recorded steps. */
  readonly completions: number;
}

/** A program in closed loop against test requests, or against the reports of experiments whose requests were not logged. */
export interface ClosedLoopValidation extends Omit<ClosedLoopScore, 'experiments'> {
  /** As `simulate` gives them. */
  readonly experiments: readonly (Pick<ClosedLoop, 'id' | 'requests' | 'measured' | 'simulated' | 'error' | 'assumed'> &
    Pick<LoopErrors, 'judgedOn' | 'saturated'>)[];
}

/** What comes of it where the structure is searched again without each part that is held out: `validate --nested`. */
export interface NestedValidation {
  /** Of each search. */
  readonly generations: number;
  /** Whether language models took part in the run; the grammar takes their share in these searches. */
  readonly modelsLeftOut: boolean;
  /** Names of seed programs that do not come with the package; where they were found on this data, they have seen the parts. */
  readonly otherSeeds: readonly string[];
  /** As in `generalisation`; a search picks by validation rows of the rest, and is judged once, on the part. */
  readonly checks: {
    /** Each model held out. */
    readonly leaveOneModelOut: Checked<NestedCheck>;
    /** Each workload held out. */
    readonly leaveOneWorkloadOut: Checked<NestedCheck>;
    /** Each kind of GPU held out. */
    readonly leaveOneGpuOut: Checked<NestedCheck>;
    /** The highest loads of each model held out together. */
    readonly leaveHighLoadOut: Checked<NestedCheck>;
    /** Heavy batches held out, of the choice too: the last quarter of the light training rows chooses. */
    readonly lowToHighLoad: Checked<NestedCheck>;
  };
}

/** How far a program can be trusted: `validate`. */
export interface ValidationReport extends TestErrors, BeyondData {
  /** Id of the program. */
  readonly program: string;
  /** The rows that were opened. */
  readonly split: 'test';
  /** Null where the data has no clients, or the target is no clock. */
  readonly closedLoop: ClosedLoopValidation | null;
  /** How errors grow from the rows that were fitted on to rows that nothing saw. */
  readonly gap: { readonly mape: BySplit; readonly e2eError: BySplit; readonly objective: BySplit };
  /** The program fitted without a part of the data and scored on that part; absent where rows are no steps. */
  readonly generalisation?: {
    /** Each model held out; constants from all others together. */
    readonly leaveOneModelOut: Checked<HoldOutCheck>;
    /** Each workload held out; constants of the group without it. */
    readonly leaveOneWorkloadOut: Checked<HoldOutCheck>;
    /** Each kind of GPU held out; constants from all others together. */
    readonly leaveOneGpuOut: Checked<HoldOutCheck>;
    /** The experiments above the widest gap between the loads of each model held out together; constants of the group without them. */
    readonly leaveHighLoadOut: Checked<HoldOutCheck>;
    /** Constants from light batches, scored on heavy ones. */
    readonly lowToHighLoad: Checked<LoadCheck>;
  };
  /** Only where the structure was searched again. */
  readonly nested?: NestedValidation;
  /** Only where it was asked for. */
  readonly learningCurve?: Checked<LearningCurves>;
  /** The program and every reference predictor on what they were fitted without; only where it was asked for. */
  readonly transfer?: TransferReport;
  /** Absent where rows are no steps. */
  readonly invariants?: InvariantReport;
  readonly testAccess: TestAccessRecord;
  /** Absent where the target is not `cycle`, or no experiment has both completions and the clients' figures. */
  readonly littlesLaw?: readonly LatencyCheck[];
}
