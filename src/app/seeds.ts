import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile, UserError } from '../base/index.ts';
import { formatDiagnostic, parseProgram, type Program } from '../program/index.ts';
import type { Seed } from '../search/index.ts';

/** The seed programs that come with the package. */
const SEEDS: string = packageFile('seeds');

/** A seed program as a run freezes it. */
export interface SeedText {
  readonly name: string;
  readonly source: string;
}

/** Programs for data of several engines or kinds of GPU, which read what nothing else offers. */
const TRANSFER_SEEDS: string = join(SEEDS, 'transfer');

/**
 * The texts of the seed programs, by name.
 *
 * @param features that the data offers: where kernels are counted among them, programs that count on them come too
 */
export function readSeedTexts(features: readonly { readonly name: string }[] = []): readonly SeedText[] {
  const counts = features.some(({ name }) => name === 'launches');
  return [...textsIn(SEEDS), ...(counts ? textsIn(TRANSFER_SEEDS) : [])];
}

function textsIn(directory: string): readonly SeedText[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.js'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.js'.length), source: readFileSync(join(directory, file), 'utf8') }));
}

/** Parses seed programs. @throws UserError that names the seed and the place in it. */
export function parseSeeds(texts: readonly SeedText[]): readonly Seed[] {
  return texts.map(({ name, source }) => ({ name, program: readProgramText(`seed ${name}`, source) }));
}

/** Parses a program. @throws UserError that names `what` and the place in it. */
export function readProgramText(what: string, source: string): Program {
  const parsed = parseProgram(source);
  if (parsed.ok) return parsed.program;
  const first = parsed.diagnostics[0];
  throw new UserError({
    code: 'app.not-a-program',
    place: { at: what },
    problem: first === undefined ? 'not a program' : formatDiagnostic(first),
    mend: 'mend it',
  });
}
