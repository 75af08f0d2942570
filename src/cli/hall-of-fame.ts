import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { makeFolder, UserError, writeFileAtomically } from '../base/index.ts';
import { KEPT_PREFIX } from '../report/index.ts';
import { frontierEntry, type Run } from '../run/index.ts';
import type { Individual } from '../search/index.ts';
import type { SeedText } from './seeds.ts';

/** Where programs are kept when nothing else is asked for. */
export const ARCHIVE = 'archive';

const ENDING = '.yaml';
/** A kept program is one screen of text; anything much larger is something else. */
const LARGEST_BYTES = 1 << 20;

/** What a search needs of a kept program. Its figures are for people: a run scores every program itself. */
const keptSchema = z.object({ program: z.string().regex(/^[0-9a-f]+$/), source: z.string() });

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
  } = frontierEntry(individual);
  const { fits, metrics } = individual.evaluation;
  const { data, target, objective, scope, search } = run.config;
  return stringify(
    {
      program: id,
      ...(note !== undefined && { note }),
      source,
      constantsByGroup: Object.fromEntries(fits.map((fit) => [fit.group, fit.constants])),
      figures: {
        error,
        validationError,
        mape,
        operations,
        conditionals,
        constants,
        features,
        validationExperiments: Object.fromEntries(
          metrics.valid.map(({ id: name, mape: ofExperiment, e2eError }) => [name, { mape: ofExperiment, e2eError }]),
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

export interface KeepOptions {
  readonly archive: string;
  readonly note?: string;
  readonly replace: boolean;
  /** The seed program at the beginning of its ancestry. */
  readonly seedProgram?: string;
}

/**
 * Stores a program in the hall of fame and answers the file's path.
 *
 * @throws UserError where it is kept already and is not to be replaced.
 */
export function keepProgram(
  run: Run,
  individual: Individual,
  { archive, note, replace, seedProgram }: KeepOptions,
): string {
  const file = join(archive, `${individual.id}${ENDING}`);
  if (existsSync(file) && !replace) {
    throw new UserError(`${file}: the program is kept already`, 'give --replace to write it anew');
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
    throw new UserError(`${archive}: no such folder`, 'name a folder that `evolve keep` wrote to');
  }
  const files = readdirSync(archive)
    .filter((file) => file.endsWith(ENDING))
    .sort();
  if (files.length === 0) throw new UserError(`${archive}: no kept program in it`, 'keep one with `evolve keep`');
  return files.map((name) => readKept(join(archive, name)));
}

function readKept(file: string): SeedText {
  const refuse = (why: string): UserError =>
    new UserError(`${file}: ${why}`, 'mend the file, or write it anew with `evolve keep`');
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
  return { name: `${KEPT_PREFIX}${kept.data.program}`, source: kept.data.source };
}
