import { z } from 'zod';
import { SYSTEM_PARTS, type SystemPart, TABLE_COLUMN, type TableColumn, type TargetName } from '../data/index.ts';
import {
  type EvaluateSettings,
  type ObjectiveName,
  PRIOR_TABLE,
  type PriorTable,
  type RequestWeights,
  type Scope,
} from '../evaluate/index.ts';
import { type ClientSettings, PROVIDER_NAMES, type ProviderSettings } from '../llm/index.ts';
import { type LlmSettings, type SearchSettings, TEMPLATE_NAMES } from '../search/index.ts';

/** Raised when a run directory of an earlier version cannot be read any more. */
export const RUN_FORMAT = 1;

/** Which language models a run asks, and how. Holds no key. */
export interface LlmConfig {
  readonly provider: ProviderSettings;
  readonly client: ClientSettings;
  readonly settings: LlmSettings;
  /** Folder of the replies that a replay answers from, instead of asking a model. */
  readonly replay?: string | undefined;
}

/** Settings of the evaluation that no flag sets. */
export type EvaluationEffort = Pick<
  EvaluateSettings,
  'memoryMb' | 'screenLimit' | 'sampleRows' | 'jitteredStarts' | 'searchEvaluations'
>;

/** What a run remembers of a table, so that its programs can be read without it. */
export interface TableHead {
  readonly target: TableColumn;
  readonly features: readonly TableColumn[];
  readonly description?: string;
}

/** All that decides what a run does; written once, when the run is made. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT;
  /** Where the data came from, and the hash that it must have when the run goes on. */
  readonly data: {
    readonly source: string;
    readonly hash: string;
    /** There where the data has the state of each request, so that features of contexts are exact. */
    readonly contexts?: 'requests';
    /** There where the data is a table of plain rows: its columns, and what it is of. */
    readonly table?: TableHead;
  };
  readonly target: TargetName;
  readonly objective: ObjectiveName;
  /** Weights of what was measured of requests; absent where the objective does not go by them and none were given. */
  readonly requestWeights?: RequestWeights | undefined;
  /** Where programs are not to be served in closed loop at the end. */
  readonly closedLoop?: false | undefined;
  /** Whether fits and errors go by the physical floor; absent in runs of before there was one. */
  readonly floor?: boolean | undefined;
  readonly scope: Scope;
  /** What of the serving system is held out in turn for errors; absent where nothing is. */
  readonly holdOut?: readonly SystemPart[] | undefined;
  /** What is known of constants before any row is seen; absent where it is the package's table, empty where they are off. */
  readonly priors?: PriorTable | undefined;
  /** What mutates programs: `grammar`, or the provider of the language models. */
  readonly operator: string;
  /** Absent where no language model takes part. */
  readonly llm?: LlmConfig | undefined;
  /** Wall-clock limit of one evaluation. */
  readonly timeoutSeconds: number;
  /** How hard programs are fitted and screened; the defaults of the version that made the run. */
  readonly effort: EvaluationEffort;
  readonly search: SearchSettings;
  readonly seeds: readonly { readonly name: string; readonly source: string }[];
}

/** A timer cannot wait longer; it would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;
/** Far beyond any use; more islands or children than this would only fill the memory. */
const MOST_ISLANDS = 1000;
const MOST_CHILDREN = 100_000;
const MOST_DRAFTS = 10_000;

const name = z.string().min(1);
const count = z.number().int().positive();
const countOrNone = z.number().int().nonnegative();
const usd = z.number().nonnegative();
const waitMs = z.number().positive().max(LONGEST_MS);

const search: z.ZodType<SearchSettings> = z.strictObject({
  seed: countOrNone,
  generations: countOrNone,
  children: count.max(MOST_CHILDREN),
  drafts: count.max(MOST_DRAFTS).exactOptional(),
  islands: count.max(MOST_ISLANDS),
  migrationInterval: count,
  migrants: countOrNone,
  reportInterval: count,
  validationInterval: count,
  patience: count,
  modelPatience: count,
  tolerance: z.number().min(0).max(1),
  operators: z
    .record(name, z.number().nonnegative())
    .refine((mix) => Object.values(mix).some((share) => share > 0), 'no operator has a share above 0'),
  adaptive: z.boolean(),
  caps: z.strictObject({
    operations: count,
    conditionals: countOrNone,
    constants: countOrNone,
    textBytes: count,
    nesting: count,
  }),
});

const TABLE_HEAD: z.ZodType<TableHead> = z.strictObject({
  target: TABLE_COLUMN,
  features: z.array(TABLE_COLUMN).min(1),
  description: z.string().exactOptional(),
});

const llm: z.ZodType<LlmConfig> = z.strictObject({
  provider: z.strictObject({
    name: z.enum(PROVIDER_NAMES),
    baseUrl: z.url().optional(),
    command: name.optional(),
    stream: z.boolean(),
  }),
  client: z.strictObject({
    concurrency: count,
    timeoutMs: waitMs,
    maxAttempts: count,
    maxWaitMs: z.number().nonnegative().max(LONGEST_MS),
  }),
  settings: z.strictObject({
    models: z.array(z.strictObject({ model: name, weight: z.number().positive() })).min(1),
    parameters: z.strictObject({ maxOutputTokens: count, temperature: z.number().nonnegative().exactOptional() }),
    childrenPerCall: count,
    prices: z.record(name, z.strictObject({ input: usd, output: usd, cacheRead: usd, cacheWrite: usd })),
    limits: z.strictObject({ maxCostUsd: usd.optional(), maxCalls: count.optional() }),
    onOutage: z.enum(['stop', 'grammar']),
    templates: z.preprocess(
      // The texts of earlier runs know nothing of these.
      (given) => (typeof given === 'object' && given !== null ? { search: '', advice: '', ...given } : given),
      z.record(z.enum(TEMPLATE_NAMES), z.string()),
    ),
  }),
  replay: name.optional(),
});

const effort: z.ZodType<EvaluationEffort> = z.strictObject({
  memoryMb: count,
  screenLimit: z.number().positive(),
  sampleRows: count,
  jitteredStarts: countOrNone,
  searchEvaluations: count,
});

const weight = z.number().nonnegative();

/** What a run may be: what starting one would refuse is refused in a file too. */
export const CONFIG_SCHEMA: z.ZodType<RunConfig> = z
  .strictObject({
    format: z.literal(RUN_FORMAT),
    data: z.strictObject({
      source: z.string(),
      hash: name,
      contexts: z.literal('requests').exactOptional(),
      table: TABLE_HEAD.exactOptional(),
    }),
    target: z.enum(['cycle', 'duration', 'column']),
    objective: z.enum(['e2e', 'mape', 'replay', 'mse']),
    requestWeights: z
      .strictObject({ e2e: weight, ttft: weight, itl: weight })
      .refine((weights) => Object.values(weights).some((value) => value > 0), 'one of the weights must be above 0')
      .optional(),
    closedLoop: z.literal(false).optional(),
    floor: z.boolean().optional(),
    scope: z.enum(['global', 'model', 'experiment']),
    holdOut: z.array(z.enum(SYSTEM_PARTS)).min(1).optional(),
    priors: PRIOR_TABLE.optional(),
    operator: name,
    llm: llm.optional(),
    timeoutSeconds: z
      .number()
      .positive()
      .max(LONGEST_MS / 1000),
    effort,
    search,
    seeds: z.array(z.strictObject({ name, source: name })).min(1),
  })
  .refine(({ llm: asked, search: { operators } }) => asked !== undefined || !((operators['llm'] ?? 0) > 0), {
    path: ['search', 'operators', 'llm'],
    message: 'the operator llm has a share, but no language model is named',
  });
