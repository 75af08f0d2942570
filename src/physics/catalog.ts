import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageFile, UserError } from '../base/index.ts';
import type { Architecture } from './architecture.ts';
import { type Hardware, readHardware } from './hardware.ts';
import { canonicalModelName, readHuggingFaceConfig } from './hugging-face.ts';

const MODELS: string = packageFile('models');
const HARDWARE_FOLDER: string = packageFile('hardware');

let models: readonly Architecture[] | undefined;
let accelerators: readonly Hardware[] | undefined;

/** The models that the project ships, by name: one Hugging Face `config.json` each in `models/`. Read when first asked for. */
export function shippedModels(): readonly Architecture[] {
  return (models ??= Object.freeze(
    jsonFiles(MODELS).map((file) => readHuggingFaceConfig(join(MODELS, file), file.replace(/\.json$/, ''))),
  ));
}

/** The accelerators that the project ships, one file each in `hardware/`. Read when first asked for. */
export function shippedHardware(): readonly Hardware[] {
  return (accelerators ??= Object.freeze(
    jsonFiles(HARDWARE_FOLDER).flatMap((file) => readHardware(join(HARDWARE_FOLDER, file))),
  ));
}

/**
 * The architecture of a model.
 *
 * @param name name of a run's folder (`llama-2-70b-hf`) or Hugging Face id (`meta-llama/Llama-2-70b-hf`), any case.
 * @param more architectures beyond the shipped ones, e.g. from `readHuggingFaceConfig`; they win over shipped ones.
 * @throws UserError where no architecture has that name.
 */
export function architecture(name: string, more: readonly Architecture[] = []): Architecture {
  const wanted = canonicalModelName(name);
  const all = [...more, ...shippedModels()];
  const found = all.find((a) => a.name === wanted || canonicalModelName(a.id) === wanted);
  if (found === undefined) {
    throw new UserError({
      code: 'physics.unknown-model',
      problem: `unknown model \`${name}\` (known: ${all.map((a) => a.name).join(', ')})`,
      mend: 'Give its Hugging Face config.json',
    });
  }
  return found;
}

/**
 * Peak figures of an accelerator, by name in any case: `H100`, `H100-SXM-80GB`, or as the driver calls it, `NVIDIA GeForce
 * RTX 4090`. Maker and series are ignored; of several that a name begins with, the one that says most of it is meant.
 *
 * @param more accelerators beyond the shipped ones, from `readHardware`; they win over shipped ones.
 * @throws UserError where the name is unknown.
 */
export function hardware(name: string, more: readonly Hardware[] = []): Hardware {
  const found = findHardware(name, more);
  if (found !== undefined) return found;
  const known = [...more, ...shippedHardware()].map((each) => each.name).join(', ');
  throw new UserError({
    code: 'physics.unknown-hardware',
    problem: `unknown hardware \`${name}\``,
    mend: `Use one of ${known}, or give its peak figures`,
  });
}

/** The name of a shipped accelerator that goes by this one; of others it is their own. */
export function hardwareName(name: string): string {
  return findHardware(name, [])?.name ?? name;
}

function findHardware(name: string, more: readonly Hardware[]): Hardware | undefined {
  const wanted = hardwareWords(name);
  return best(wanted, more) ?? best(wanted, shippedHardware());
}

function best(wanted: readonly string[], all: readonly Hardware[]): Hardware | undefined {
  return all
    .flatMap((known) => [known.name, ...(known.aliases ?? [])].map((each) => ({ known, words: hardwareWords(each) })))
    .filter(({ words }) => words.every((word, at) => word === wanted[at]) || words.join('') === wanted.join(''))
    .sort((a, b) => b.words.length - a.words.length)[0]?.known;
}

/** Words of a name that are not what its maker or series is called. */
const IGNORED = new Set(['nvidia', 'geforce', 'tesla', 'amd', 'instinct', 'google']);

function hardwareWords(name: string): readonly string[] {
  return name
    .trim()
    .toLowerCase()
    .split(/[-_\s]+/)
    .filter((word) => !IGNORED.has(word));
}

function jsonFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
}
