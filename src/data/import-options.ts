import type { Architecture } from '../physics/index.ts';

/** What the source itself does not say. */
export interface ImportOptions {
  /** Single-table sources without these columns: the run that the rows belong to. */
  readonly model?: string;
  readonly workload?: string;
  readonly tp?: number;
  /** Default `H100`. */
  readonly hardware?: string;
  /** KV block size in tokens; default 16. */
  readonly blockSize?: number;
  /** Architectures beyond the shipped ones, from `readHuggingFaceConfig`; a single one is also a table's model by default. */
  readonly architectures?: readonly Architecture[];
  /** Called with one line for each thing that was left out. */
  readonly onNote?: (line: string) => void;
}
