import type { Random } from '../../../numeric/index.ts';
import type { Program } from '../../../program/index.ts';
import type { Material } from './material.ts';
import type { TermContext } from './pattern.ts';

/** What a mutation works on. */
export interface MutationContext extends TermContext {
  /** A second parent, drawn when it is asked for. */
  readonly mate: () => Material;
}

/** One way to change a program. Answers undefined where the program offers no place for it. */
export type Mutation = (context: MutationContext, random: Random) => Program | undefined;
