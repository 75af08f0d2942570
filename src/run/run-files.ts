import { join } from 'node:path';

/** Where the parts of a run lie. */
export interface RunFiles {
  /** Frozen when the run is made. */
  readonly config: string;
  /** Append-only; the truth of a run. Holds no clock, so equal runs have equal logs. */
  readonly events: string;
  /** A state with the length of the log that it covers; saves reading the log from its start. */
  readonly checkpoint: string;
  /** Seconds spent; apart, because results hold no clock. */
  readonly timing: string;
  /** Every reply of a language model, by what it depends on. */
  readonly cassette: string;
  readonly lock: string;
  /** Every time that the test rows were opened for a program of the run. */
  readonly testAccess: string;
  /** Folder of the searches without a part of the data, each a run directory of its own. */
  readonly nested: string;
}

/** The files of the run in a directory. */
export function runFiles(directory: string): RunFiles {
  return {
    config: join(directory, 'config.json'),
    events: join(directory, 'events.jsonl'),
    checkpoint: join(directory, 'checkpoint.json'),
    timing: join(directory, 'timing.json'),
    cassette: join(directory, 'cassette'),
    lock: join(directory, 'lock'),
    testAccess: join(directory, 'test-access.jsonl'),
    nested: join(directory, 'nested'),
  };
}
