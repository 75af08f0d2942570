import type { RegressionTable, SplitName } from '../data/index.ts';
import type { Program } from '../program/index.ts';
import type { HostName, WorkFailure } from '../kernel/index.ts';
import type { EvaluateSettings } from './settings.ts';
import type { ClientLoop } from './closed-loop/client-loop.ts';
import type {
  Candidate,
  ClosedLoopFit,
  Draft,
  DraftScore,
  Evaluation,
  ExperimentMetrics,
  FittedProgram,
  GroupFit,
} from './types.ts';

/** The first message to a child process: what stays resident. */
export interface InitMessage {
  readonly kind: 'init';
  readonly table: RegressionTable;
  readonly settings: EvaluateSettings;
  /** Where kernels run. */
  readonly host: HostName;
  /** Where something is known of clients. */
  readonly clients?: ClientLoop;
}

/** One piece of work. Programs travel as IR, never as text. */
export type Work =
  | { readonly kind: 'evaluate'; readonly candidate: Candidate }
  | {
      readonly kind: 'score';
      readonly program: Program;
      readonly fits: readonly GroupFit[];
      readonly split: SplitName;
    }
  | { readonly kind: 'score-drafts'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'close-loop'; readonly fitted: FittedProgram };

export type ToWorker = InitMessage | Work;

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation }
  | { readonly kind: 'metrics'; readonly metrics: readonly ExperimentMetrics[] }
  | { readonly kind: 'draft-scores'; readonly scores: readonly (DraftScore | undefined)[] }
  | { readonly kind: 'closed-loop'; readonly closedLoop: ClosedLoopFit }
  | { readonly kind: 'failure'; readonly failure: WorkFailure };
