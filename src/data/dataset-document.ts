import { z } from 'zod';
import type { DocumentKind } from '../base/index.ts';
import type { Architecture } from '../physics/index.ts';
import type { Experiment } from './dataset.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { TREATMENT } from './treatment.ts';

export const SCHEMA_VERSION = 1 as const;
/** What helps where a dataset is not whole. */
export const MEND = 'Import the data again';

const positiveInteger = z.number().int().positive();
const count = z.number().int().nonnegative();
const positive = z.number().positive();
const nonNegative = z.number().nonnegative();

const MEASURED = z.object({
  e2eMs: nonNegative,
  ttftMs: nonNegative,
  itlMs: nonNegative,
  completed: nonNegative,
  failed: nonNegative,
  meanPromptTokens: nonNegative,
  meanOutputTokens: nonNegative,
});

const ARCHITECTURE = z.object({
  name: z.string(),
  id: z.string(),
  hiddenSize: positiveInteger,
  layers: positiveInteger,
  heads: positiveInteger,
  kvHeads: positiveInteger,
  headSize: positive,
  intermediateSize: positiveInteger,
  vocabularySize: positiveInteger,
  experts: positiveInteger,
  activeExperts: positiveInteger,
  bytesPerParameter: positive,
  parameters: positive,
});

/** What the document says of an experiment; the columns are in the tables beside it, which must have as many records. */
export interface ExperimentEntry
  extends Omit<Experiment, 'steps' | 'engines' | 'state' | 'requests' | 'kvEvents' | 'replay'> {
  /** Step records. */
  readonly rows: number;
  /** How many engines they are of; absent for one. */
  readonly engines?: number;
  /** Whether what happened to KV blocks is known. */
  readonly kvEvents?: true;
  /** Entries of the batches' state. */
  readonly state?: number;
  readonly requests?: number;
  /** Tokens whose times are known. */
  readonly tokenTimes?: number;
  readonly originNs?: number;
  readonly replay?: {
    readonly rows: number;
    readonly overheadUs: number;
  };
}

/** `dataset.json`. */
export interface DatasetDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: string;
  readonly hash: string;
  readonly architectures?: readonly Architecture[];
  readonly experiments: readonly ExperimentEntry[];
}

const EXPERIMENT: z.ZodType<ExperimentEntry> = z.object({
  id: z.string(),
  model: z.string(),
  workload: z.string(),
  tp: positiveInteger,
  architecture: z.string(),
  hardware: z.string(),
  blockSize: positiveInteger,
  settings: SERVER_SETTINGS.exactOptional(),
  rows: count,
  engines: positiveInteger.exactOptional(),
  kvEvents: z.literal(true).exactOptional(),
  state: count.exactOptional(),
  removed: z
    .strictObject({ duplicates: positiveInteger.exactOptional(), bad: positiveInteger.exactOptional() })
    .exactOptional(),
  treatment: TREATMENT.exactOptional(),
  requests: count.exactOptional(),
  tokenTimes: count.exactOptional(),
  originNs: z.number().exactOptional(),
  replay: z.object({ rows: count, overheadUs: z.number() }).exactOptional(),
  measured: MEASURED.exactOptional(),
});

const SCHEMA: z.ZodType<DatasetDocument> = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  source: z.string(),
  hash: z.string(),
  architectures: z.array(ARCHITECTURE).exactOptional(),
  experiments: z.array(EXPERIMENT),
});

export const DOCUMENT: DocumentKind<DatasetDocument> = { schema: SCHEMA, code: 'data.wrong-dataset', mend: MEND };
