import type { Evaluator, ObjectiveName } from '../evaluate/index.ts';
import type { FeatureTable, Program } from '../program/index.ts';
import type { Operator } from './operators/operator.ts';

/** A program to start from. */
export interface Seed {
  /** E.g. the file's name without its ending. */
  readonly name: string;
  readonly program: Program;
}

/** What a search works with. */
export interface SearchDependencies {
  readonly evaluator: Evaluator;
  /** Every operator that the settings name. */
  readonly operators: readonly Operator[];
  readonly features: FeatureTable;
  readonly seeds: readonly Seed[];
  /** What errors are by. Under `replay` all programs that may be chosen are fitted in closed loop, else the chosen one alone. */
  readonly objective: ObjectiveName;
  /** Whether the search is to end with the generation of this number, as with the last one of its settings; default: never. */
  readonly isTimeUp?: (generation: number) => boolean;
}
