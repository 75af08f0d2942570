import type { TestAccessRecord } from './test-access.ts';
import type { ValidationReport } from './validation-report.ts';
import type { BlisLoop } from './simulate-blis.ts';
import type { StoredReply } from './stored-reply.ts';
import type {
  DriftCheck,
  DriftVerdict,
  Explanation,
  LeaderboardRow,
  TransferReport,
  QueueingScore,
  RefittedForm,
  RunComparison,
} from '../baselines/index.ts';
import type { DatasetDescription, SplitName, TargetName } from '../data/index.ts';
import type { BeyondData, ClosedLoop, InvariantFigures, WhatIf } from '../evaluate/index.ts';
import type { QueueStatus } from '../queue/index.ts';
import type { DiffPart, LineageStep, ProgramDocument } from '../report/index.ts';
import type { ChoiceSummary, FrontEntry, RunSummary } from '../run/index.ts';
import type { FailedGate, KindName, StopReason } from '../search/index.ts';

/*
 * What the functions of this room answer, and what the commands of the same name print under `--json`, to the letter. A number is
 * finite; what may be missing is null or absent, and its type says so. `npm run schemas` writes these types as JSON Schema.
 */

/** What a run has come to: `run`, `resume`, and `run --replay`. */
export interface RunDocument extends RunSummary {
  /** Why the run ended by itself; null where it was interrupted and can be resumed. */
  readonly stopped: StopReason | null;
  /** The last proposal of a language model that came to nothing; null where there is none. */
  readonly lastFailure: {
    /** In one word. */
    readonly reason: string;
    /** For people. */
    readonly detail: string;
  } | null;
}

/** The Pareto front of a run, from the smallest program to the largest: `frontier`. */
export type FrontierDocument = readonly FrontEntry[];

/** One program in full: `show`. */
export interface ShowDocument extends ProgramDocument {
  /** Figures of the invariants that the search checks. */
  readonly invariants: InvariantFigures;
  /** How the run's pick was chosen; null for any other program. */
  readonly choice: ChoiceSummary | null;
  /** The change of the function from its first parent's; empty for a seed program. */
  readonly change: readonly DiffPart[];
  /** What its times are made of; only where that was asked for. */
  readonly explanation?: Explanation;
  /** How it behaves where nothing was measured; only where that was asked for. */
  readonly beyond?: BeyondData;
  /** What the model wrote that the program was read from; only where it is asked for. */
  readonly reply?: StoredReply;
}

/** The ancestry of a program, from a seed on: `lineage`. */
export type LineageDocument = readonly LineageStep[];

/** Two programs of a run side by side: `diff`. */
export interface DiffDocument {
  readonly a: FrontEntry;
  readonly b: FrontEntry;
  /** The change of the function from `a` to `b`, word by word. */
  readonly change: readonly DiffPart[];
}

/** The page that was written: `report`. */
export interface ReportDocument {
  /** Name of the run. */
  readonly run: string;
  /** Path of the page, from the working directory unless it is absolute. */
  readonly file: string;
  /** Size of the page. */
  readonly bytes: number;
  /** Ids of the programs on the page. */
  readonly programs: readonly string[];
}

/** The file that a program was kept in: `keep`. */
export interface KeepDocument {
  /** Id of the program. */
  readonly program: string;
  /** Path of the file. */
  readonly file: string;
}

/** What a model would be told of one program in place of another. */
export interface PromptChange {
  /** Id of the other program. */
  readonly from: string;
  /** From its texts to these, line by line. */
  readonly parts: readonly DiffPart[];
}

/** The texts that a language model would be sent: `prompt`. */
export interface PromptDocument {
  /** Id of the program that is to be changed. */
  readonly program: string;
  /** What the prompt asks for. */
  readonly kind: KindName;
  /** Ids of the programs that the prompt shows. */
  readonly parents: readonly string[];
  /** What the model is told of the task. */
  readonly system: string;
  /** What it is asked for. */
  readonly prompt: string;
  /** How both texts differ from those for another program; only where that was asked for. */
  readonly change?: PromptChange;
}

/** What the picks of several runs say at one point of a response curve. */
export interface AgreementPoint {
  /** What varies along the curve. */
  readonly x: number;
  /** Predicted times in the order of the runs. */
  readonly us: readonly number[];
  /** The largest of them / the smallest. */
  readonly ratio: number;
  /** The physical floor. */
  readonly floorUs: number;
  /** Training rows near x. */
  readonly rowsNear: number;
}

/** How far the picks of several runs agree where nothing was measured, for one model under one group of constants. */
export interface Agreement {
  /** Group of constants. */
  readonly group: string;
  /** The model, its parallelism and its GPU. */
  readonly model: string;
  /** One uncached prompt of x tokens alone. */
  readonly promptTokens: readonly AgreementPoint[];
  /** 64 decoding requests, or as many as there may be, of x tokens each. */
  readonly contextTokens: readonly AgreementPoint[];
  /** x decoding requests of a quarter of the longest context. */
  readonly requests: readonly AgreementPoint[];
}

/** How runs of several seeds or operators agree: `compare`, and `run --seeds`. */
export interface CompareDocument extends RunComparison {
  /** One entry for each model; absent where the runs' data is not at hand. */
  readonly agreement?: readonly Agreement[];
}

/** How far a program can be trusted: `validate`. */
export type ValidateDocument = ValidationReport;

/** A program in closed loop: `simulate`. */
export interface SimulateDocument {
  /** Id of the program. */
  readonly program: string;
  /** Whose requests are judged; all are served. */
  readonly split: SplitName;
  /** What was tried in place of what was; empty where nothing was. */
  readonly whatIf: WhatIf;
  /** In the order of the data. */
  readonly experiments: readonly ClosedLoop[];
  /** Experiments that could not be simulated, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
  /** Null where no test requests were opened. */
  readonly testAccess: TestAccessRecord | null;
  /** What BLIS says of the same requests; absent where it was not asked. */
  readonly blis?: readonly BlisLoop[];
}

/** LPIC's α by experiment, or why there is none. */
export interface QueueingReport {
  readonly experiments: readonly QueueingScore[];
  /** Experiments without a score, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Every reference predictor and a run's programs on the same test rows and requests: `leaderboard`. */
export interface LeaderboardDocument {
  readonly target: TargetName;
  /** The rows that were opened. */
  readonly split: 'test';
  /** What the rows are of. */
  readonly data: {
    /** A folder, or `demo`. */
    readonly source: string;
    /** SHA-256, hex. */
    readonly hash: string;
  };
  /** Directory of the run that takes part; null where none does. */
  readonly run: string | null;
  readonly testAccess: TestAccessRecord;
  /** The first baseline among those that predict every experiment; null where none does. */
  readonly bestBaseline: string | null;
  /** Ascending in mean MAPE; where there are no test rows, in the closed loop's mean E2E error. */
  readonly rows: readonly LeaderboardRow[];
  readonly queueing: QueueingReport;
  /** The run's pick and every reference predictor on what they were fitted without; only where it was asked for. */
  readonly transfer?: TransferReport;
}

/** The package that was written: `export`. */
export interface ExportDocument {
  /** Id of the program. */
  readonly program: string;
  /** The folder that was written; empty where none was. */
  readonly dir: string;
  /** Relative to `dir`. */
  readonly files: readonly string[];
  /** Gates that the program fails; it was exported all the same. */
  readonly failedGates: readonly FailedGate[];
  /** Where the program would see other contexts in serving than in training, and what speaks against a pick, one line each. */
  readonly warnings: readonly string[];
  /** Of a patch of a simulator; absent of other exports. */
  readonly blis?: BlisDocument;
}

/** A patch that makes a program a backend of a simulator. */
export interface BlisDocument {
  /** Name of the backend. */
  readonly backend: string;
  /** Flag of the simulator that chooses it. */
  readonly flag: string;
  /** Commit of the source tree that it was made against; null where that cannot be told. */
  readonly commit: string | null;
  /** Files of the tree that it changes or adds, sorted. */
  readonly paths: readonly string[];
  /** The patch itself, where no folder was named for it; null otherwise. */
  readonly patch: string | null;
}

/** A formula of BLIS with constants that were fitted to data: `refit`. */
export interface RefitDocument extends RefittedForm {
  /** What it was fitted to. */
  readonly data: {
    /** Dataset folder, or what stands for the embedded demo data. */
    readonly source: string;
    /** Hash of the dataset. */
    readonly hash: string;
  };
  /** What BLIS reads: a section of `defaults.yaml`, or of `hardware_config.json`. */
  readonly section: string;
}

/** An exported model on new data: `check`. */
export interface CheckDocument extends Omit<DriftCheck, 'verdict'> {
  /** Folder of the export. */
  readonly export: string;
  /** Id of the program. */
  readonly program: string;
  /** Name of the run that it is of. */
  readonly run: string;
  /** What it was held against. */
  readonly data: {
    /** The folder. */
    readonly source: string;
    /** SHA-256, hex. */
    readonly hash: string;
  };
  /** `test` where it is the data that the program was fitted on: its test rows and requests alone. */
  readonly rows: 'all' | 'test';
  /** The worst of all parts. */
  readonly verdict: DriftVerdict;
  /** Experiments of the data that the export has no constants for; they are not judged. */
  readonly foreign: readonly string[];
  readonly testAccess: TestAccessRecord;
}

/** What is in a dataset: `data import`, `data describe` and `data demo`. */
export type DataDocument = DatasetDescription;

/** Who works at a queue, who waits, and for how much: `queue status`. */
export type QueueStatusDocument = QueueStatus;

/** The document of each command that takes `--json`. */
export interface Documents {
  readonly run: RunDocument;
  readonly resume: RunDocument;
  readonly frontier: FrontierDocument;
  readonly show: ShowDocument;
  readonly lineage: LineageDocument;
  readonly diff: DiffDocument;
  readonly report: ReportDocument;
  readonly keep: KeepDocument;
  readonly prompt: PromptDocument;
  readonly compare: CompareDocument;
  readonly validate: ValidateDocument;
  readonly simulate: SimulateDocument;
  readonly leaderboard: LeaderboardDocument;
  readonly refit: RefitDocument;
  readonly export: ExportDocument;
  readonly check: CheckDocument;
  readonly 'data import': DataDocument;
  readonly 'data describe': DataDocument;
  readonly 'data demo': DataDocument;
  readonly 'queue status': QueueStatusDocument;
}
