import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../base/index.ts';
import type { Architecture, Hardware } from './architecture.ts';
import { canonicalModelName, readHuggingFaceConfig } from './hugging-face.ts';

// The data folders sit at the package root, two levels above both src/physics and dist/physics.
const MODELS = new URL('../../models/', import.meta.url);
const HARDWARE_FOLDER = new URL('../../hardware/', import.meta.url);

let models: readonly Architecture[] | undefined;
let accelerators: readonly Hardware[] | undefined;

/** The models that the project ships, by name: one Hugging Face `config.json` each in `models/`. Read when first asked for. */
export function shippedModels(): readonly Architecture[] {
  return (models ??= Object.freeze(
    jsonFiles(MODELS).map((file) =>
      readHuggingFaceConfig(fileURLToPath(new URL(file, MODELS)), file.replace(/\.json$/, '')),
    ),
  ));
}

/** The accelerators that the project ships, one file each in `hardware/`. Read when first asked for. */
export function shippedHardware(): readonly Hardware[] {
  return (accelerators ??= Object.freeze(
    jsonFiles(HARDWARE_FOLDER).map((file) =>
      Object.freeze(JSON.parse(readFileSync(new URL(file, HARDWARE_FOLDER), 'utf8')) as Hardware),
    ),
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
 * RTX 4090`. Maker and form factor are ignored.
 *
 * @throws UserError where the name is unknown.
 */
export function hardware(name: string): Hardware {
  const wanted = hardwareWords(name);
  const known = shippedHardware();
  const found = known.find((candidate) => {
    const words = hardwareWords(candidate.name);
    return words.every((word, at) => word === wanted[at]) || words.join('') === wanted.join('');
  });
  if (found === undefined) {
    throw new UserError({
      code: 'physics.unknown-hardware',
      problem: `unknown hardware \`${name}\``,
      mend: `Use one of ${known.map((h) => h.name).join(', ')}`,
    });
  }
  return found;
}

function hardwareWords(name: string): readonly string[] {
  return name
    .trim()
    .toLowerCase()
    .split(/[-_\s]+/)
    .filter((word) => word !== 'nvidia' && word !== 'geforce');
}

function jsonFiles(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
}
