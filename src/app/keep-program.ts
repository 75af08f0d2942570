import { lineageOf, readHistory } from '../report/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import type { KeepDocument } from './documents.ts';
import { storeKept } from './hall-of-fame.ts';

/** How a program is kept. */
export interface KeepOptions {
  /** Folder of kept programs. */
  readonly archive: string;
  /** Why it is worth keeping. */
  readonly note?: string;
  /** Whether the file is written anew where there is one; default false. */
  readonly replace?: boolean;
}

/**
 * Stores a program of a run with its constants, figures and provenance as one readable file.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, or it is kept already and is not to be replaced.
 */
export function keepProgram(run: Run, id: string | undefined, options: KeepOptions): KeepDocument {
  const individual = findProgram(run, readState(run).state, id);
  const origin = lineageOf(readHistory(run), individual.id)[0];
  const seedProgram = origin?.operator === 'seed' ? origin.mutation : undefined;
  const file = storeKept(run, individual, { ...options, ...(seedProgram !== undefined && { seedProgram }) });
  return { program: individual.id, file };
}
