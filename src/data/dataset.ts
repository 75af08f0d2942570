import type { Architecture, BatchState, Deployment, Hardware, StepColumns } from '../physics/index.ts';
import type { LoadProfile, LoadReports } from './clients/load-profile.ts';
import type { LeftOutPoints } from './points/left-out.ts';
import type { PointColumns } from './points/points.ts';
import type { Replay } from './replay/replay.ts';
import type { KvEvents } from './kv-events.ts';
import type { RequestColumns } from './requests.ts';
import type { ServerSettings } from './server-settings.ts';
import type { PlainTable } from './tables/plain-table.ts';
import type { Treatment } from './treatment.ts';

/** `cycle`: start to start of consecutive step ids, what a clock must advance by. `duration`: the scheduler call alone. */
export type StepTarget = 'cycle' | 'duration';
/** What programs predict: a time of steps, or the target column of a table of plain rows. */
export type TargetName = StepTarget | 'column';
/** Parts of an experiment in time: the first drives the search, the next chooses among its programs, the last judges. */
export type SplitName = 'train' | 'valid' | 'test';

/** Client-side means from the lifecycle summary, in ms; NaN-free: absent where the source has none. */
export interface MeasuredLatency {
  /** Mean end-to-end latency. */
  readonly e2eMs: number;
  /** Mean time to first token. */
  readonly ttftMs: number;
  /** As reported; half the true value (two stream events a token). */
  readonly itlMs: number;
  /** Requests. */
  readonly completed: number;
  /** Requests. */
  readonly failed: number;
  /** Tokens of a request. */
  readonly meanPromptTokens: number;
  /** Tokens of a request. */
  readonly meanOutputTokens: number;
}

/** Step records that were left out for good; none of a kind where it is absent. */
export interface RemovedRecords {
  /** Equal to an earlier one. */
  readonly duplicates?: number;
  /** With a cell that cannot be read. */
  readonly bad?: number;
}

/** One run of one model under one workload. */
export interface Experiment {
  /** Folder name, e.g. `20260217-202857-llama-2-70b-tp4-general`. */
  readonly id: string;
  /** As in the folder name, e.g. `llama-2-70b-hf`. */
  readonly model: string;
  readonly workload: string;
  readonly tp: number;
  /** Canonical architecture name, see `physics/`. */
  readonly architecture: string;
  /** Hardware name, see `physics/`. */
  readonly hardware: string;
  /** How it is spread over GPUs beyond `tp`; absent where that is all. */
  readonly deployment?: Omit<Deployment, 'tensorParallelism'>;
  /** KV block size in tokens. */
  readonly blockSize: number;
  /** What its engine was started with, as far as a source says it. */
  readonly settings?: ServerSettings;
  /** Undefined for summary-only experiments, which have no step records. */
  readonly steps?: StepColumns;
  /** Which engine each step record is of, from 0; absent where there is one. */
  readonly engines?: Float64Array;
  /** Exact state of the requests of each step record, where it was recorded. */
  readonly state?: BatchState;
  /** Records of its source that are not among the step records. */
  readonly removed?: RemovedRecords;
  /** What happened to KV blocks in each recorded step, where it was logged. */
  readonly kvEvents?: KvEvents;
  /** Absent where all defaults hold. */
  readonly treatment?: Treatment;
  /** The requests of the run as they were logged. */
  readonly requests?: RequestColumns;
  /** The batches that the requests of its clients must have made, where these were logged or are known by their load or as points. */
  readonly replay?: Replay;
  /** Loads of clients in closed loop with the means that were measured of each. */
  readonly points?: PointColumns;
  readonly measured?: MeasuredLatency;
  /** What its load generator was told to send, where it is known. */
  readonly load?: LoadProfile;
  /** What its load generator reported of that load. */
  readonly reports?: LoadReports;
}

/** A loaded dataset folder. */
export interface Dataset {
  /** Where it came from, for the header of a run: a folder, or `demo`. */
  readonly source: string;
  /** SHA-256 over the experiments, their columns and `architectures`, hex. */
  readonly hash: string;
  /** None in a table of plain rows. */
  readonly experiments: readonly Experiment[];
  /** Plain rows, which are no steps of an engine. */
  readonly table?: PlainTable;
  /** Architectures in use that the project does not ship; see `architecture`. */
  readonly architectures?: readonly Architecture[];
  /** Accelerators in use whose figures a user gave; see `hardware`. */
  readonly accelerators?: readonly Hardware[];
  /** Serving points of its sources that are not used, by rule. */
  readonly leftOut?: LeftOutPoints;
}
