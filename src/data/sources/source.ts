import type { BatchState } from '../../physics/index.ts';
import type { LoadProfile, LoadReports } from '../clients/load-profile.ts';
import type { ColumnMap } from './tables/column-map.ts';
import type { MeasuredLatency } from '../dataset.ts';
import type { KvEventLog } from './ground-truth/kv-events.ts';
import type { LeftOutPoints } from '../points/left-out.ts';
import type { PointColumns } from '../points/points.ts';
import type { RequestColumns } from '../requests.ts';
import type { ServerSettings } from '../server-settings.ts';
import type { Locate, RawColumns } from '../steps/raw-columns.ts';
import type { FileHead } from '../files/file-head.ts';

/**
 * State of the requests of step records, given which records and in which order: records are put in order and repeated ones left
 * out after they were read, and the state is too large to be held twice. It can be asked for once.
 */
export type BatchStateOf = (records: ArrayLike<number>) => BatchState;

/** Step records as they were read, with where each cell stands. */
export interface RawSteps {
  /** Of the rows, for errors. */
  readonly file: string;
  readonly columns: RawColumns;
  readonly locate: Locate;
  readonly state?: BatchStateOf;
}

/** What step records are taken to be of where neither the source nor the user says it. */
export const ASSUMED_HARDWARE = 'H100';

/** What a source says of a run, beyond its records; what it does not say is absent, and asked for by name. */
export interface RunFacts {
  readonly model?: string;
  readonly workload?: string;
  readonly tp?: number;
  readonly hardware?: string;
  /** KV block size in tokens. */
  readonly blockSize?: number;
  readonly settings: ServerSettings;
}

/** One run of one model as a source has it. */
export interface RunRecords extends RunFacts {
  /** Name of the experiment where the source has one, e.g. its folder. */
  readonly id?: string;
  /** Hugging Face id of the model that the server was started with, where the name of the run is another. */
  readonly servedModel?: string;
  /** File or folder, for errors and notes. */
  readonly place: string;
  readonly steps?: RawSteps;
  readonly requests?: RequestColumns;
  readonly kvEvents?: KvEventLog;
  readonly points?: PointColumns;
  /** The model without the type of its weights, where its name ends in one. */
  readonly baseModel?: string;
  /** Serving points of the same file that are of no run. */
  readonly leftOut?: LeftOutPoints;
  readonly measured?: MeasuredLatency;
  /** What the load generator was told to send, and what it reported of that. */
  readonly load?: LoadProfile;
  readonly reports?: LoadReports;
  /**
   * What holds where neither the source nor the user says it, e.g. the name by which a client called the model; without it such
   * facts are asked for.
   */
  readonly assumed?: Partial<RunFacts>;
  /** Whether the columns were named by the user. */
  readonly isMapped?: boolean;
  /** What was left out, corrected or guessed on the way, one line each, with counts. */
  readonly notes: readonly string[];
}

/** A format of files that hold step records, requests, or both. */
export interface SourceFormat {
  /** In words, as people ask for it: `vllm-bench`. */
  readonly name: string;
  /** One line. */
  readonly meaning: string;
  /** Whether a file is of this format, told from its content. */
  readonly recognises: (head: FileHead) => boolean;
  /** Endings of files that are taken for it where they are named by the user and no format knows their content. */
  readonly extensions?: readonly string[];
  /** Names of files that belong to one of this format, beside it. */
  readonly companions?: (path: string) => readonly string[];
  /** How a table is read whose columns have other names or units; absent for all that is no table. */
  readonly mapped?: {
    /** Endings of files that are taken for it, whatever their columns are called. */
    readonly extensions: readonly string[];
    readonly read: (path: string, map: ColumnMap) => Promise<readonly RunRecords[]>;
  };
  /** @throws UserError with file, place and mend where the file is not what it looked like. */
  readonly read: (path: string) => Promise<readonly RunRecords[]>;
}
