import type { Architecture, Hardware } from '../../physics/index.ts';
import type { ColumnMap } from '../sources/tables/column-map.ts';
import type { RunFacts } from '../sources/source.ts';
import type { Treatment } from '../treatment.ts';

/** What the sources themselves do not say, and how their records are treated. */
export interface ImportOptions extends Omit<Treatment, 'lag'> {
  /** Which batch explains a cycle: its own (0), that of the step before (1), or what the records tell (`auto`, the default). */
  readonly lag?: 'auto' | 0 | 1;
  /** Name of the format of all files, in place of the one that their content shows. */
  readonly format?: string;
  /** How tables whose columns have other names or units are read, from `parseMap`. */
  readonly map?: ColumnMap;
  readonly model?: string;
  readonly workload?: string;
  /** Tensor parallelism. */
  readonly tp?: number;
  /** Where nothing else is known, step records are taken as those of an `H100`. */
  readonly hardware?: string;
  /** KV block size in tokens; default 16. */
  readonly blockSize?: number;
  /** What a file of the user says of the server; it fills what neither a source nor the options above say. */
  readonly server?: RunFacts;
  /** Rows of step records with cells that cannot be are left out and counted, in place of being refused. */
  readonly dropBad?: boolean;
  /** Architectures beyond the shipped ones, from `readHuggingFaceConfig`; a single one is also the model by default. */
  readonly architectures?: readonly Architecture[];
  /** Accelerators beyond the shipped ones, from `readHardware`; a single one is also the hardware by default. */
  readonly accelerators?: readonly Hardware[];
  /** A model with parts that are not modelled is refused; else they are named with their size. */
  readonly strictModel?: boolean;
  /** Called with one line for each thing that was left out. */
  readonly onNote?: (line: string) => void;
}
