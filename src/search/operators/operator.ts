import type { Random } from '../../numeric/index.ts';
import type { Caps, FeatureTable, Program } from '../../program/index.ts';
import type { Credits } from '../credit.ts';
import type { Individual } from '../individual.ts';
import type { Selector } from '../selection.ts';

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

/** Why there is no program: the text that came back is not one, or no attempt kept the caps. */
export type ProposalFailure = 'invalid' | 'no-proposal';

/** A new program, or why there is none. */
export type Proposal =
  | {
      readonly ok: true;
      /** What was done, e.g. `term`; credit is kept by this name. */
      readonly mutation: string;
      /** Ids, the one that was changed first. */
      readonly parents: readonly string[];
      readonly program: Program;
    }
  | {
      readonly ok: false;
      readonly mutation: string;
      readonly parents: readonly string[];
      readonly reason: ProposalFailure;
      /** One line for people. */
      readonly detail: string;
      /** The text that is not a program; empty where there is none. */
      readonly source: string;
    };

/**
 * Makes new programs from those of the archive. An operator keeps no state: all that it may learn from is in the context,
 * and all chance comes from `random`, so that a proposal depends on nothing else.
 */
export interface Operator {
  readonly name: string;
  /** How often a child is drawn again when the run knows the program already or none came. */
  readonly redraws: number;
  propose(context: ProposalContext, random: Random): Promise<Proposal>;
}
