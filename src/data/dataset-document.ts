import { z } from 'zod';
import type { DocumentKind } from '../base/index.ts';
import { type Architecture, HARDWARE, type Hardware } from '../physics/index.ts';
import { ARCHITECTURE } from './architecture-document.ts';
import type { LatencyFigures } from './clients/latency-figures.ts';
import type { ClientReport, LoadProfile } from './clients/load-profile.ts';
import type { ClientOverheads } from './clients/overheads.ts';
import type { Experiment } from './dataset.ts';
import { LEFT_OUT_RULE_NAMES, type LeftOutPoints } from './points/left-out.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { PLAIN_TABLE, type PlainTableEntry } from './tables/table-document.ts';
import { TREATMENT } from './treatment.ts';

export const SCHEMA_VERSION = 1 as const;
/** What helps where a dataset is not whole. */
export const MEND = 'Import the data again';

const positiveInteger = z.number().int().positive();
const count = z.number().int().nonnegative();
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

/** What the document says of an experiment; the columns are in the tables beside it, which must have as many records. */
export interface ExperimentEntry
  extends Omit<Experiment, 'steps' | 'engines' | 'state' | 'requests' | 'kvEvents' | 'points' | 'replay'> {
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
  /** Serving points. */
  readonly points?: number;
  readonly replay?: {
    readonly rows: number;
    /** Requests that were drawn, or serving points; those of a log are counted above. */
    readonly requests?: number;
    /** Requests of its batches, one by one. */
    readonly batches?: number;
    readonly overheads: ClientOverheads;
  };
}

/** `dataset.json`. */
export interface DatasetDocument {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly source: string;
  readonly hash: string;
  readonly architectures?: readonly Architecture[];
  readonly accelerators?: readonly Hardware[];
  readonly experiments: readonly ExperimentEntry[];
  /** Serving points that are not used, by rule. */
  readonly leftOut?: LeftOutPoints;
  /** Where it is a table of plain rows. */
  readonly table?: PlainTableEntry;
}

const OVERHEADS: z.ZodType<ClientOverheads> = z.strictObject({
  requestUs: z.number(),
  completionUs: z.number(),
  tokenUs: z.number(),
});

const LATENCY: z.ZodType<LatencyFigures> = z.strictObject({
  mean: z.number(),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
});

const REPORT: z.ZodType<ClientReport> = z.strictObject({
  completed: count,
  failed: count,
  ttftMs: LATENCY,
  itlMs: LATENCY,
  e2eMs: LATENCY,
});

const LOAD: z.ZodType<LoadProfile> = z.strictObject({
  arrivals: z.enum(['constant', 'poisson']),
  stages: z.array(z.strictObject({ rate: z.number().positive(), durationS: z.number().positive() })).min(1),
  groups: positiveInteger,
  promptsPerGroup: positiveInteger,
  systemPromptTokens: count,
  promptTokens: z.number().positive(),
  outputTokens: positiveInteger,
});

const EXPERIMENT: z.ZodType<ExperimentEntry> = z.object({
  id: z.string(),
  model: z.string(),
  workload: z.string(),
  tp: positiveInteger,
  architecture: z.string(),
  hardware: z.string(),
  deployment: z
    .strictObject({
      pipelineParallelism: positiveInteger.exactOptional(),
      dataParallelism: positiveInteger.exactOptional(),
      expertParallel: z.literal(true).exactOptional(),
    })
    .exactOptional(),
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
  points: count.exactOptional(),
  replay: z
    .object({ rows: count, requests: count.exactOptional(), batches: count.exactOptional(), overheads: OVERHEADS })
    .exactOptional(),
  measured: MEASURED.exactOptional(),
  load: LOAD.exactOptional(),
  reports: z.strictObject({ overall: REPORT, stages: z.array(REPORT) }).exactOptional(),
});

const LEFT_OUT = z.strictObject(
  Object.fromEntries(LEFT_OUT_RULE_NAMES.map((rule) => [rule, positiveInteger.exactOptional()])),
) as unknown as z.ZodType<LeftOutPoints>;

const SCHEMA: z.ZodType<DatasetDocument> = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  source: z.string(),
  hash: z.string(),
  architectures: z.array(ARCHITECTURE).exactOptional(),
  accelerators: z.array(HARDWARE).exactOptional(),
  experiments: z.array(EXPERIMENT),
  leftOut: LEFT_OUT.exactOptional(),
  table: PLAIN_TABLE.exactOptional(),
});

export const DOCUMENT: DocumentKind<DatasetDocument> = { schema: SCHEMA, code: 'data.wrong-dataset', mend: MEND };
