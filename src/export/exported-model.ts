import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJson, UserError } from '../base/index.ts';
import type { Standing } from '../baselines/index.ts';
import type { ClientOverheads } from '../data/index.ts';
import type { Scope } from '../evaluate/index.ts';
import { type ContextSource, type Deployment, deploymentName } from '../physics/index.ts';
import { type FeatureInfo, printSource } from '../program/index.ts';
import type { ModelEntry } from './entries.ts';
import type { ExportInput, ExportProvenance } from './types.ts';
import { isExport } from './write-folder.ts';

/** The program and all that belongs to it in a form that is read again, beside the Go. */
export const MODEL_FILE = 'model.json';
const FORMAT = 'evolve-model';
/** Raised where a reader of the file before could not read it. */
const VERSION = 1;

/** A model as it was exported: the program and all that it takes to hold it against later data. */
export interface ExportedModel {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** Text of the program; the constants in it are those that its search started from. */
  readonly source: string;
  /** Errors are null where they are no numbers. */
  readonly provenance: Omit<ExportProvenance, 'error' | 'validationError'> & {
    readonly error: number | null;
    readonly validationError: number | null;
  };
  readonly scope: Scope;
  /** How contexts of requests were known. */
  readonly contexts: ContextSource;
  /** What the program reads of a batch. */
  readonly features: readonly Pick<FeatureInfo, 'name' | 'unit' | 'meaning'>[];
  /** Constants by group, and the models that they are of. */
  readonly groups: readonly {
    readonly group: string;
    readonly models: readonly {
      readonly id: string;
      readonly tensorParallelism: number;
      readonly hardware: string;
      /** How it is spread beyond that, e.g. `tp1-dp2-ep`; absent where that is all. */
      readonly deployment?: string | undefined;
    }[];
    readonly constants: Readonly<Record<string, number>>;
    readonly standardErrors: Readonly<Record<string, number | null>>;
    /** Where they were fitted. */
    readonly overheads?: ClientOverheads | undefined;
  }[];
  /** Errors, fitted ranges and residuals at the export. */
  readonly standing: Standing;
}

const text: z.ZodString = z.string();
const number: z.ZodNumber = z.number();
const FIGURES = { rows: number, bias: number, mape: number, p10: number, p90: number };
const SUPPORT = z.object({ rows: number, median: number, lowestTenth: number, highestTenth: number }).optional();
const REGIME = z.enum(['all', 'decode', 'mixed', 'prefill', 'full', 'light', 'heavy']);

const SCHEMA: z.ZodType<ExportedModel> = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  source: text,
  provenance: z.object({
    run: text,
    program: text,
    dataset: text,
    target: z.enum(['cycle', 'duration']),
    objective: text,
    seed: z.union([number, text]),
    error: number.nullable(),
    validationError: number.nullable(),
  }),
  scope: z.enum(['global', 'model', 'experiment']),
  contexts: z.enum(['blocks', 'requests']),
  features: z.array(z.object({ name: text, unit: text, meaning: text })),
  groups: z.array(
    z.object({
      group: text,
      models: z.array(z.object({ id: text, tensorParallelism: number, hardware: text, deployment: text.optional() })),
      constants: z.record(text, number),
      standardErrors: z.record(text, number.nullable()),
      overheads: z.object({ requestUs: number, completionUs: number, tokenUs: number }).optional(),
    }),
  ),
  standing: z.object({
    experiments: z.array(
      z.object({ id: text, group: text, basis: z.enum(['steps', 'requests', 'report']), ...FIGURES }),
    ),
    groups: z.array(
      z.object({
        group: text,
        load: z.object({ lightUpTo: number, heavyFrom: number }).nullable(),
        ranges: z.array(
          z.object({ feature: text, least: number, low: number, high: number, most: number, support: SUPPORT }),
        ),
        regimes: z.array(z.object({ regime: REGIME, of: z.enum(['valid', 'both']), ...FIGURES })),
      }),
    ),
  }),
});

const MEND = 'Export the program again';
const KIND: DocumentKind<ExportedModel> = { schema: SCHEMA, code: 'export.wrong-model', mend: MEND };
const VERSION_KIND: DocumentKind<{ readonly version: number }> = {
  schema: z.object({ format: z.literal(FORMAT), version: number }),
  code: 'export.wrong-model',
  mend: MEND,
};

/** The text of the file. */
export function modelJson(
  { program, scope, contexts = 'blocks', fits, provenance, standing }: ExportInput,
  entries: readonly ModelEntry[],
  features: ExportInput['features'],
): string {
  const model = {
    format: FORMAT,
    version: VERSION,
    source: printSource(program),
    provenance,
    scope,
    contexts,
    features: features.map(({ name, unit, meaning }) => ({ name, unit, meaning })),
    groups: fits.map(({ group, constants, standardErrors, overheads }) => ({
      group,
      models: entries
        .filter((entry) => entry.group === group)
        .map(({ context }) => ({
          id: context.architecture.id,
          tensorParallelism: context.tensorParallelism,
          hardware: context.hardware.name,
          ...deploymentBeyondTp(context),
        })),
      constants,
      standardErrors,
      ...(overheads !== undefined && { overheads }),
    })),
    standing,
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}

/**
 * Reads the model of an export.
 *
 * @throws UserError where the folder is no export, or one of another version.
 */
export function readExportedModel(dir: string): ExportedModel {
  const file = join(dir, MODEL_FILE);
  if (!existsSync(file)) {
    const isOld = isExport(dir);
    throw new UserError({
      code: isOld ? 'export.no-model-file' : 'export.not-an-export',
      place: { file: dir },
      problem: isOld
        ? `an export without ${MODEL_FILE}, as earlier versions wrote it`
        : `not an export (no ${MODEL_FILE} in it)`,
      mend: isOld ? MEND : 'Name the folder of an export',
    });
  }
  const { version } = readJson(file, VERSION_KIND);
  if (version !== VERSION) {
    throw new UserError({
      code: 'export.wrong-version',
      place: { file },
      problem: `version ${version} of an export; this is version ${VERSION}`,
      mend: MEND,
    });
  }
  return readJson(file, KIND);
}

function deploymentBeyondTp(deployment: Deployment): { readonly deployment?: string } {
  const name = deploymentName(deployment);
  return name === `tp${deployment.tensorParallelism}` ? {} : { deployment: name };
}
