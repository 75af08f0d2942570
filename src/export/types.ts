import type { Standing } from '../baselines/index.ts';
import type { BeyondData, ClosedLoopFit, GroupFit, Scope } from '../evaluate/index.ts';
import type { TargetName } from '../data/index.ts';
import type { ContextSource, ServingContext } from '../physics/index.ts';
import type { FeatureTable, Program } from '../program/index.ts';

/** Where the constants of one group apply; a group of scope `global` is named once for every context. */
export interface ExportGroup {
  /** As in `GroupFit.group`. */
  readonly group: string;
  readonly context: ServingContext;
  /** KV blocks of the serving set-up, where known; written to the coefficients file. */
  readonly totalKvBlocks?: number;
}

/** How the program came about; written to the package, so that its origin can be found again. */
export interface ExportProvenance {
  /** Name of the run, not its path. */
  readonly run: string;
  /** Id of the program in the run. */
  readonly program: string;
  /** Hash of the dataset. */
  readonly dataset: string;
  readonly target: TargetName;
  readonly objective: string;
  readonly seed: number | string;
  /** On training rows, percent. */
  readonly error: number;
  /** The same on validation rows. */
  readonly validationError: number;
}

/** How the fits came about where they were made in closed loop. */
export type ExportedClosedLoop = Omit<ClosedLoopFit, 'fits'>;

/** What speaks against a program. */
export interface Caution {
  /** Name of the gate that it fails; absent where it passes them all. */
  readonly gate?: string;
  /** One line, for people. */
  readonly reason: string;
}

export interface ExportInput {
  readonly program: Program;
  readonly scope: Scope;
  /** The fits in use; clients' overheads that were fitted with them become coefficients alpha. */
  readonly fits: readonly GroupFit[];
  readonly groups: readonly ExportGroup[];
  /** How the run's data knows the contexts of requests; default: from KV blocks. */
  readonly contexts?: ContextSource;
  /** Where the fits were made in closed loop. */
  readonly closedLoop?: ExportedClosedLoop;
  /** What speaks against the program, most serious first; default: nothing does. */
  readonly cautions?: readonly Caution[];
  /** The features that the run offered, with the ranges of its training rows. */
  readonly features: FeatureTable;
  /** How well it fitted, and where: what later data is held against. */
  readonly standing: Standing;
  /** How it behaves where nothing was measured. */
  readonly beyond: BeyondData;
  readonly provenance: ExportProvenance;
}

/** `standalone`: a module of its own. The others implement the simulator's interface of that generation, inside its tree. */
export type InterfaceName = 'standalone' | 'blis-research' | 'blis-main';

/**
 * α0, α1 and α2, which are at least 0. `QueueingTime` is α0, `PostDecodeFixedOverhead` α1 and `OutputTokenProcessingTime` α2, in µs
 * and µs a token; in `blis-research`, `QueueingTime` is α0 + α1 · input length, so α1 is in µs a token there.
 */
export type AlphaCoefficients = readonly [number, number, number];

/** Where a package goes and what it is to be. */
export interface ExportOptions {
  /** Absent, empty, or an earlier export. */
  readonly dir: string;
  readonly interface: InterfaceName;
  /** For all models, in place of what was fitted. Default: what was fitted for each of them, else zeros. */
  readonly alpha?: AlphaCoefficients;
  /** `vllm_version` of the coefficients file, on which a `defaults.yaml` is matched too. */
  readonly vllmVersion?: string;
}

/** A file of the package, by its path inside it. */
export interface ExportFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}
