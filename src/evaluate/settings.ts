import { availableProcessors } from '../base/index.ts';
import type { SystemPart } from '../data/index.ts';
import { type Caps, DEFAULT_CAPS } from '../program/index.ts';
import type { RequestWeights } from './observed-part.ts';
import { DEFAULT_PRIORS, type PriorTable } from './priors/table.ts';
import type { ObjectiveName, Scope } from './types.ts';

/** How programs are evaluated. All but `jobs` can change a result, and `timeoutMs` and `memoryMb` only by rejecting. */
export interface EvaluateSettings {
  readonly scope: Scope;
  readonly objective: ObjectiveName;
  /**
   * What of the serving system is held out in turn, for the error to say how a program carries over: the mean over these. Only in scope
   * `global`. Absent: errors are of the rows that constants were fitted on.
   */
  readonly holdOut?: readonly SystemPart[];
  /** Limits on operations, conditionals and constants of a program. */
  readonly caps: Caps;
  /** Child processes. */
  readonly jobs: number;
  /** Wall-clock limit of one evaluation; the child process is killed at it. */
  readonly timeoutMs: number;
  /**
   * Memory, in MiB, that evaluating a program may take beyond the rows and our own code: limit of an isolate's heap, and part of
   * the limits of a child process's heap and of its resident set. A process beyond them is ended and replaced.
   */
  readonly memoryMb: number;
  /** Seeds the subsample, the probe rows and, with a candidate's stream, its jittered starts. */
  readonly seed: number;
  /**
   * Screening rejects a program whose MAPE on the subsample, after a quick fit, is above this many times that of the best
   * constant.
   */
  readonly screenLimit: number;
  /** Training rows in the subsample on which starts are tried, over all groups. */
  readonly sampleRows: number;
  /** Jittered starts of a smooth non-linear fit, besides the program's own start values. */
  readonly jitteredStarts: number;
  /** Evaluations of a CMA-ES search in one group, for each non-linear constant. */
  readonly searchEvaluations: number;
  /** Whether fits and errors go by the physical floor of batches that nobody measured. */
  readonly floor: boolean;
  /** What is known of constants before any row is seen; an empty table fits the rows alone. */
  readonly priors: PriorTable;
  /** Weights of E2E, time between tokens and TTFT where requests were observed: in losses, and in the error by `replay`. */
  readonly requestWeights: RequestWeights;
}

/** TTFT depends most on what was not observed: when in a step a request arrived, and what the server did before it. */
export const DEFAULT_REQUEST_WEIGHTS: RequestWeights = Object.freeze({ e2e: 1, ttft: 0.3, itl: 1 });

/** Settings where nothing is said: model scope, end-to-end objective, one process for each processor. */
export const DEFAULT_EVALUATE_SETTINGS: EvaluateSettings = Object.freeze({
  scope: 'model',
  objective: 'e2e',
  caps: DEFAULT_CAPS,
  // Asked for when it is wanted: importing this reads no file.
  get jobs() {
    return availableProcessors();
  },
  timeoutMs: 20_000,
  memoryMb: 64,
  seed: 0,
  screenLimit: 3,
  sampleRows: 1600,
  jitteredStarts: 3,
  searchEvaluations: 60,
  floor: true,
  priors: DEFAULT_PRIORS,
  requestWeights: DEFAULT_REQUEST_WEIGHTS,
});
