import type { GroupFit, Scope } from '../evaluate/index.ts';
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
  readonly target: string;
  readonly objective: string;
  readonly seed: number | string;
  /** On training rows, percent. */
  readonly error: number;
  /** The same on validation rows. */
  readonly validationError: number;
}

export interface ExportInput {
  readonly program: Program;
  readonly scope: Scope;
  readonly fits: readonly GroupFit[];
  readonly groups: readonly ExportGroup[];
  /** How the run's data knows the contexts of requests; default: from KV blocks. */
  readonly contexts?: ContextSource;
  /** The features that the run offered, with the ranges of its training rows. */
  readonly features: FeatureTable;
  readonly provenance: ExportProvenance;
}

/** `standalone`: a module of its own. The others implement the simulator's interface of that generation, inside its tree. */
export type InterfaceName = 'standalone' | 'blis-research' | 'blis-main';

/** Where a package goes and what it is to be. */
export interface ExportOptions {
  /** Absent, empty, or an earlier export. */
  readonly dir: string;
  readonly interface: InterfaceName;
  /**
   * α0, α1, α2 in µs: `QueueingTime` is α0 + α1 · input length, `OutputTokenProcessingTime` is α2. Default: zeros, step
   * traces say nothing of them.
   */
  readonly alpha?: readonly [number, number, number];
  /** `vllm_version` of the coefficients file, on which a `defaults.yaml` is matched too. */
  readonly vllmVersion?: string;
}

/** A file of the package, by its path inside it. */
export interface ExportFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}
