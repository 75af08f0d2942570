import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { TargetName } from '../data/index.ts';
import type { EvaluateSettings, ObjectiveName, Scope } from '../evaluate/index.ts';
import { type ClientSettings, PROVIDER_NAMES, type ProviderSettings } from '../llm/index.ts';
import { canonicalJson, checkDocument, type DocumentKind, readJson, UserError } from '../base/index.ts';
import { type LlmSettings, type SearchSettings, TEMPLATE_NAMES } from '../search/index.ts';
import { sha256 } from './checksum.ts';

/** Raised when a run directory of an earlier version cannot be read any more. */
export const RUN_FORMAT = 1;

const count = z.number().int().positive();

const settingsSchema: z.ZodType<SearchSettings> = z.strictObject({
  seed: z.number().int(),
  generations: z.number().int().nonnegative(),
  children: count,
  islands: count,
  migrationInterval: count,
  migrants: z.number().int().nonnegative(),
  reportInterval: count,
  validationInterval: count,
  patience: count,
  modelPatience: count,
  tolerance: z.number().min(0).max(1),
  operators: z.record(z.string(), z.number().nonnegative()),
  adaptive: z.boolean(),
  caps: z.strictObject({
    operations: count,
    conditionals: z.number().int().nonnegative(),
    constants: z.number().int().nonnegative(),
    textBytes: count,
    nesting: count,
  }),
});

/** Which language models a run asks, and how. Holds no key. */
export interface LlmConfig {
  readonly provider: ProviderSettings;
  readonly client: ClientSettings;
  readonly settings: LlmSettings;
  /** Folder of the replies that a replay answers from, instead of asking a model. */
  readonly replay?: string | undefined;
}

const usd = z.number().nonnegative();

const llmSchema: z.ZodType<LlmConfig> = z.strictObject({
  provider: z.strictObject({
    name: z.enum(PROVIDER_NAMES),
    baseUrl: z.string().optional(),
    command: z.string().optional(),
    stream: z.boolean(),
  }),
  client: z.strictObject({
    concurrency: count,
    timeoutMs: z.number().positive(),
    maxAttempts: count,
    maxWaitMs: z.number().nonnegative(),
  }),
  settings: z.strictObject({
    models: z.array(z.strictObject({ model: z.string(), weight: z.number().positive() })).min(1),
    parameters: z.strictObject({ maxOutputTokens: count, temperature: z.number().nonnegative().exactOptional() }),
    childrenPerCall: count,
    prices: z.record(z.string(), z.strictObject({ input: usd, output: usd, cacheRead: usd, cacheWrite: usd })),
    limits: z.strictObject({ maxCostUsd: usd.optional(), maxCalls: count.optional() }),
    onOutage: z.enum(['stop', 'grammar']),
    templates: z.record(z.enum(TEMPLATE_NAMES), z.string()),
  }),
  replay: z.string().optional(),
});

/** Settings of the evaluation that no flag sets. */
export type EvaluationEffort = Pick<
  EvaluateSettings,
  'memoryMb' | 'screenLimit' | 'sampleRows' | 'jitteredStarts' | 'searchEvaluations'
>;

const effortSchema: z.ZodType<EvaluationEffort> = z.strictObject({
  memoryMb: count,
  screenLimit: z.number().positive(),
  sampleRows: count,
  jitteredStarts: z.number().int().nonnegative(),
  searchEvaluations: count,
});

/** All that decides what a run does; written once, when the run is made. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT;
  /** Where the data came from, and the hash that it must have when the run goes on. */
  readonly data: { readonly source: string; readonly hash: string };
  readonly target: TargetName;
  readonly objective: ObjectiveName;
  readonly scope: Scope;
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

const RUN_CONFIG: DocumentKind<RunConfig> = {
  schema: z.strictObject({
    format: z.literal(RUN_FORMAT),
    data: z.strictObject({ source: z.string(), hash: z.string() }),
    target: z.enum(['cycle', 'duration']),
    objective: z.enum(['e2e', 'mape']),
    scope: z.enum(['global', 'model', 'experiment']),
    operator: z.string(),
    llm: llmSchema.optional(),
    timeoutSeconds: z.number().positive(),
    effort: effortSchema,
    search: settingsSchema,
    seeds: z.array(z.strictObject({ name: z.string(), source: z.string() })),
  }),
  code: 'run.wrong-config',
  mend: 'restore the file or start a new run',
};

/** A configuration with the checksum of what in it decides what a run does. */
interface StoredConfig {
  readonly config: RunConfig;
  readonly configChecksum: string;
}

/** Of the file's own JSON, not of what this version makes of it; where data and replies lie decides nothing, their hashes do. */
const checksumOf = (json: RunConfig): string =>
  sha256(
    canonicalJson({
      ...json,
      data: { ...json.data, source: undefined },
      ...(json.llm !== undefined && { llm: { ...json.llm, replay: undefined } }),
    }),
  );

/**
 * Reads the configuration of a run.
 *
 * @throws UserError where the file is missing or is not one.
 */
export const readConfig = (path: string): StoredConfig => {
  if (!existsSync(path)) {
    throw new UserError({
      code: 'run.no-config',
      place: { file: path },
      problem: 'no such file, so this is not a run directory',
      mend: 'name the directory of a run',
    });
  }
  const json = readJson(path, { ...RUN_CONFIG, schema: z.unknown() });
  return { config: checkDocument(json, path, RUN_CONFIG), configChecksum: checksumOf(json as RunConfig) };
};
