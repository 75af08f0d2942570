import type { Accepted, ClosedLoopFit, IntervalCoverage, RejectReason } from '../evaluate/index.ts';
import type { ArchiveFigures, Insertion, Criteria } from './archive/index.ts';
import type { CallReport } from './call-report.ts';
import type { Origin } from './individual.ts';
import type { Tallies } from './tally.ts';

/** Why there is no program: the text that came back is not one, or no attempt kept the caps. */
export type ProposalFailure = 'invalid' | 'no-proposal';

/** Why a proposal came to nothing. */
export type SearchRejectReason = RejectReason | ProposalFailure;

/**
 * Why a search ended: all generations are done, the time that it was given is over, none of the last ones improved the best error, an operator may spend no
 * more, or the replies of the language models hold nothing new any more.
 */
export type StopReason = 'generations' | 'time' | 'stagnation' | 'budget' | 'barren';

/** An operator's proposal. What becomes of it follows under the same `sequence`. */
export interface ProposedEvent extends Origin {
  readonly type: 'proposed';
  readonly child: number;
  /** The language model that wrote it, if one did. */
  readonly model?: string;
  /** The call whose reply holds it, as the stored replies name it; absent in runs of earlier versions. */
  readonly reply?: string;
  /** Null where the operator came back with no program. */
  readonly id: string | null;
  readonly source: string;
  /** Of the program's predictions, see `fingerprint`; programs that predict the same have the same. */
  readonly fingerprint?: string;
}

export interface RejectedEvent {
  readonly type: 'rejected';
  readonly sequence: number;
  readonly reason: SearchRejectReason;
  readonly detail: string;
}

export interface EvaluatedEvent {
  readonly type: 'evaluated';
  readonly sequence: number;
  readonly evaluation: Accepted;
}

/** The archive's answer, on the proposal's island; seed programs are offered to every island, the answer is the first's. */
export interface InsertedEvent extends Insertion {
  readonly type: 'inserted';
  readonly sequence: number;
}

/** The front was fitted to convergence; each better `evaluation` takes the place of the program's earlier one. */
export interface RefittedEvent {
  readonly type: 'refitted';
  readonly generation: number;
  readonly programs: readonly { readonly id: string; readonly evaluation: Accepted }[];
  /** Programs whose refit came to nothing; they keep their earlier evaluation. */
  readonly failed: readonly { readonly id: string; readonly reason: RejectReason; readonly detail: string }[];
}

/** Programs of the front that may be chosen were fitted in closed loop with the clients; each keeps its evaluation beside it. */
export interface ClosedLoopEvent {
  readonly type: 'closed-loop';
  readonly generation: number;
  readonly programs: readonly { readonly id: string; readonly closedLoop: ClosedLoopFit }[];
  /** Programs whose fit came to nothing; absent where none did. */
  readonly failed?: RefittedEvent['failed'];
}

/** How many validation rows lie within the intervals of programs that could be picked; only where steps were measured. */
export interface CoverageEvent {
  readonly type: 'coverage';
  readonly generation: number;
  readonly programs: readonly { readonly id: string; readonly coverage: IntervalCoverage }[];
}

export interface MigratedEvent {
  readonly type: 'migrated';
  readonly generation: number;
}

/** A language model was asked; `generation` is the one that the programs are for. */
export interface CalledEvent extends CallReport {
  readonly type: 'called';
  readonly generation: number;
  readonly operator: string;
}

/** A report of the Pareto front. */
export interface FrontEvent extends ArchiveFigures {
  readonly type: 'frontier';
  readonly generation: number;
  readonly front: readonly (Criteria & { readonly id: string })[];
  /** What operators and language models have brought so far. */
  readonly operators: Tallies;
  readonly models: Tallies;
}

/** How the program that would be chosen now does on rows that the search does not see. */
export interface ValidationEvent {
  readonly type: 'validation';
  readonly generation: number;
  readonly program: string;
  readonly error: number;
  readonly validationError: number;
  /** Generalisation gap: validation error minus training error, percentage points. */
  readonly gap: number;
}

/** Commits a generation: what comes after the last of these in a log is not part of the run. */
export interface GenerationEvent {
  readonly type: 'generation';
  readonly generation: number;
  readonly stopped: StopReason | null;
  /** Drafts that were scored for the generation; absent where there were none. */
  readonly drafts?: number;
  /** Of the log so far, where it comes from a log; earlier versions wrote none. */
  readonly checksum?: string;
}

/** All that happens in a search; its state is the fold of these. `type` tells which. */
export type SearchEvent =
  | CalledEvent
  | ProposedEvent
  | RejectedEvent
  | EvaluatedEvent
  | InsertedEvent
  | RefittedEvent
  | ClosedLoopEvent
  | CoverageEvent
  | MigratedEvent
  | FrontEvent
  | ValidationEvent
  | GenerationEvent;
