import type { RequestRecord } from '../../requests.ts';

/** One request of a log as its reader gives it. */
export type LoggedRequest = RequestRecord & {
  /** Where the log names requests. */
  readonly id?: string | undefined;
  /** When the events of the answer's stream came, µs, ascending. */
  readonly events?: readonly number[] | undefined;
};
