import type { Work } from './messages.ts';
import type { WorkOutcome } from './worker-process.ts';

/** Gets pieces of work done, somewhere, in any order and any number at a time. What comes of a piece depends on it alone. */
export interface WorkExecutor {
  /** What came of a piece of work, or why nothing did. Throws where work can no longer be done at all. */
  submit(work: Work): Promise<WorkOutcome>;
  /** Frees what it holds; work that is going on then fails. */
  close(): Promise<void>;
}
