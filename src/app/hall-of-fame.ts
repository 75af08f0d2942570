import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { makeFolder, UserError, writeFileAtomically } from '../base/index.ts';
import type { ClientOverheads } from '../data/index.ts';
import { type ClosedLoopFit, firstEntries, fitsInUse } from '../evaluate/index.ts';
import { KEPT_PREFIX } from '../report/index.ts';
import { frontEntry, type Run } from '../run/index.ts';
import type { Individual } from '../search/index.ts';
import type { SeedText } from './seeds.ts';

const ENDING = '.yaml';
/** A kept program is one screen of text; anything much larger is something else. */
const LARGEST_BYTES = 1 << 20;

/** A kept program as it is read again. Its figures are for people and are not believed: whoever uses it scores it anew. */
export interface KeptProgram {
  /** Id. */
  readonly program: string;
  readonly source: string;
  /** Fitted constants by group of experiments, as the run's scope has them. */
  readonly constantsByGroup: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What clients see beyond steps, by group; of those groups alone for which it was fitted. */
  readonly overheadsByGroup: Readonly<Record<string, ClientOverheads>>;
}

const timeUs = z.number().nonnegative();

const keptSchema: z.ZodType<KeptProgram> = z.object({
  program: z.string().regex(/^[0-9a-f]+$/),
  source: z.string(),
  constantsByGroup: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  overheadsByGroup: z
    .record(z.string(), z.object({ requestUs: timeUs, completionUs: timeUs, tokenUs: timeUs }))
    .default({}),
});

/** A program as one readable file: what it is, why it was kept, its figures, and where it came from. */
function keptText(run: Run, individual: Individual, seedProgram: string | undefined, note: string | undefined): string {
  const {
    id,
    operations,
    conditionals,
    constants,
    features,
    error,
    mape,
    validationError,
    generation,
    operator,
    source,
  } = frontEntry(individual);
  const { metrics, closedLoop } = individual.evaluation;
  const fits = fitsInUse(individual.evaluation);
  const overheads = fits.flatMap((fit) => (fit.overheads === undefined ? [] : [[fit.group, fit.overheads] as const]));
  const { data, target, objective, scope, search } = run.config;
  return stringify(
    {
      program: id,
      ...(note !== undefined && { note }),
      source,
      constantsByGroup: Object.fromEntries(fits.map((fit) => [fit.group, fit.constants])),
      ...(overheads.length > 0 && { overheadsByGroup: Object.fromEntries(overheads) }),
      figures: {
        error,
        validationError,
        mape,
        operations,
        conditionals,
        constants,
        features,
        ...(closedLoop !== undefined && { closedLoop: closedLoopFigures(closedLoop) }),
        validationExperiments: Object.fromEntries(
          firstEntries(metrics.valid).map(({ id: name, mape: ofExperiment, e2eError }) => [
            name,
            { mape: ofExperiment, e2eError },
          ]),
        ),
      },
      provenance: {
        run: run.name,
        data: data.source,
        dataHash: data.hash,
        target,
        objective,
        scope,
        seed: search.seed,
        generation,
        operator,
        parents: individual.origin.parents,
        ...(seedProgram !== undefined && { seedProgram }),
      },
    },
    { lineWidth: 0, blockQuote: 'literal' },
  );
}

function closedLoopFigures(fit: ClosedLoopFit): object {
  const { rounds, converged, saturated, error, validationError, latencies } = fit;
  return { error, validationError, latencies, rounds, converged, saturated };
}

/** How a program is stored. */
interface StoreOptions {
  readonly archive: string;
  readonly note?: string;
  readonly replace?: boolean;
  /** The seed program at the beginning of its ancestry. */
  readonly seedProgram?: string;
}

/**
 * Stores a program in the hall of fame and answers the file's path.
 *
 * @throws UserError where it is kept already and is not to be replaced.
 */
export function storeKept(
  run: Run,
  individual: Individual,
  { archive, note, replace = false, seedProgram }: StoreOptions,
): string {
  const file = join(archive, `${individual.id}${ENDING}`);
  if (existsSync(file) && !replace) {
    throw new UserError({
      code: 'app.kept-already',
      place: { file: file },
      problem: 'the program is kept already',
      mend: 'say that it is to be replaced',
    });
  }
  makeFolder(archive);
  writeFileAtomically(file, keptText(run, individual, seedProgram, note));
  return file;
}

/**
 * The programs of a hall of fame as seed programs, by file name; only their text is read.
 *
 * @throws UserError where the folder has none, or a file is not a kept program.
 */
export function readKeptSeeds(archive: string): readonly SeedText[] {
  if (!existsSync(archive) || !statSync(archive).isDirectory()) {
    throw new UserError({
      code: 'app.no-hall-of-fame',
      place: { file: archive },
      problem: 'no such folder',
      mend: 'name a folder of kept programs',
    });
  }
  const files = readdirSync(archive)
    .filter((file) => file.endsWith(ENDING))
    .sort();
  if (files.length === 0) {
    throw new UserError({
      code: 'app.no-kept-program',
      place: { file: archive },
      problem: 'no kept program in it',
      mend: 'keep one first',
    });
  }
  return files.map((name) => {
    const { program, source } = readKeptProgram(join(archive, name));
    return { name: `${KEPT_PREFIX}${program}`, source };
  });
}

/**
 * Reads a kept program.
 *
 * @throws UserError that names the file, where it is not one.
 */
export function readKeptProgram(file: string): KeptProgram {
  const refuse = (why: string): UserError =>
    new UserError({
      code: 'app.wrong-kept-program',
      place: { file: file },
      problem: why,
      mend: 'mend the file, or keep the program again',
    });
  if (!existsSync(file)) throw refuse('no such file');
  if (statSync(file).size > LARGEST_BYTES) throw refuse('too large for a kept program');
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    const { message } = error as Error;
    throw refuse(error instanceof YAMLParseError ? `not YAML: ${message.split('\n')[0] ?? ''}` : message);
  }
  const kept = keptSchema.safeParse(content);
  if (!kept.success) {
    const issue = kept.error.issues[0];
    throw refuse(`${issue?.path.join('.') || 'the top level'}: ${issue?.message ?? 'not a kept program'}`);
  }
  return kept.data;
}
