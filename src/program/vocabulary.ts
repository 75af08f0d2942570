import { OP_NAMES, OPERATIONS } from './operations.ts';

/** What a program may be written with, for those who write programs: functions of Math by name, and signs. */
export interface Vocabulary {
  readonly functions: readonly string[];
  readonly signs: readonly string[];
}

export const VOCABULARY: Vocabulary = Object.freeze({
  functions: OP_NAMES.filter((op) => OPERATIONS[op].isMathFunction),
  signs: [...new Set(OP_NAMES.flatMap((op) => OPERATIONS[op].symbols.slice(0, 1)))],
});
