import type { GroupStarts } from '../../evaluate/index.ts';
import type { Random } from '../../numeric/index.ts';
import type { Caps, FeatureTable, Program } from '../../program/index.ts';
import type { CallReport } from '../call-report.ts';
import type { CheckedProgram } from '../checked-program.ts';
import type { Credits } from '../credit.ts';
import type { ProposalFailure } from '../events.ts';
import type { Individual } from '../individual.ts';
import type { Selector } from '../selection.ts';
import type { Spending, Tallies } from '../tally.ts';

/** What an operator may look at: the state of the search as it was at the start of the generation. */
export interface ProposalContext {
  readonly generation: number;
  readonly child: number;
  readonly features: FeatureTable;
  readonly caps: Caps;
  /** Draws a parent of the child's island. */
  readonly select: Selector<Individual>;
  /** What the operator's mutations have earned so far, by mutation. */
  readonly credits: Credits;
}

interface ProposalBase {
  /** What was done, e.g. `term`; credit is kept by this name. */
  readonly mutation: string;
  /** Ids, the one that was changed first. */
  readonly parents: readonly string[];
  /** The language model that wrote it, if one did. */
  readonly model?: string;
  /** The call whose reply holds it, by what tells its calls apart in the stored replies. */
  readonly reply?: string;
}

/** A new program, or why there is none. */
export type Proposal =
  | (ProposalBase & {
      readonly ok: true;
      readonly program: Program;
      /** Where its constants start in each group of the data, where that is known. */
      readonly starts?: readonly GroupStarts[];
      /** The program as `checkProgram` gave it, where the operator has checked it already; else the search does. */
      readonly checked?: CheckedProgram;
    })
  | (ProposalBase & {
      readonly ok: false;
      readonly reason: ProposalFailure;
      /** One line for people. */
      readonly detail: string;
      /** The text that is not a program; empty where there is none. */
      readonly source: string;
    });

/** A proposal that came to nothing, as an operator may learn from it. */
export interface Attempt {
  /** Head of its text. */
  readonly source: string;
  readonly reason: string;
  readonly detail: string;
}

/** A program on its way: good enough to be scored, not yet in the form in which it is proposed. */
export interface DrawnDraft extends ProposalBase {
  readonly program: Program;
  /** Where its constants start in each group of the data, where that is known. */
  readonly starts?: readonly GroupStarts[];
  /** Makes the proposal; undefined where it comes to nothing. */
  readonly finish: () => Proposal | undefined;
}

/** What a search has seen of an operator, at the start of the generation. */
export interface OperatorHistory {
  /** Its last proposals that came to nothing, oldest first. */
  readonly attempts: readonly Attempt[];
  readonly spending: Spending;
  /** Tallies of the models, where weights follow what they earn; undefined where they stay as set. */
  readonly models: Tallies | undefined;
}

/** A child that an operator is to propose for. */
export interface Draw {
  readonly island: number;
  readonly context: ProposalContext;
  readonly random: Random;
}

/** Proposals for some draws: as many as are needed are used in order, one for each draw that still has no new program. */
export interface ProposalGroup {
  /** Indices into the draws. */
  readonly draws: readonly number[];
  readonly proposals: readonly Proposal[];
  /** The operator cannot be reached: another one is to propose for these draws. */
  readonly handOver: boolean;
}

/** The answer to several draws at once. */
export interface Batch {
  readonly calls: readonly CallReport[];
  readonly groups: readonly ProposalGroup[];
  /** Calls were not made because nothing more may be spent: the search ends after this generation. */
  readonly isSpent: boolean;
}

/**
 * Makes new programs from those of the archive. An operator keeps no state: all that it may learn from is in the context
 * and the history, and all chance comes from `random`, so that a proposal depends on nothing else.
 */
export interface Operator {
  readonly name: string;
  /** How often a child is drawn again when the run knows the program already or none came. */
  readonly redraws: number;
  /** Makes one program, or says why there is none. */
  propose(context: ProposalContext, random: Random): Promise<Proposal>;
  /**
   * For operators whose programs cost next to nothing: draws one of many, of which the search proposes the few that a quick score
   * finds best. Undefined where none came.
   */
  readonly draft?: (context: ProposalContext, random: Random) => DrawnDraft | undefined;
  /** For operators that make the programs of a generation together; used in place of `propose` where it is given. */
  readonly proposeMany?: (draws: readonly Draw[], history: OperatorHistory) => Promise<Batch>;
}
