import { resolve } from 'node:path';
import type { Documents } from '../../src/app/documents.ts';

/** The version of each command's document. A breaking change raises it, see `schemas/README.md`. */
export const VERSIONS: { readonly [C in keyof Documents]: number } = {
  run: 1,
  resume: 1,
  frontier: 1,
  show: 3,
  lineage: 1,
  diff: 1,
  report: 1,
  keep: 1,
  prompt: 1,
  compare: 1,
  validate: 2,
  simulate: 1,
  leaderboard: 2,
  export: 1,
  refit: 1,
  check: 1,
  'data import': 1,
  'data describe': 1,
  'data demo': 1,
  'queue status': 1,
};

/** The folder of the schemas. */
export const SCHEMAS: string = resolve(import.meta.dirname, '../../schemas');

/** The file in that folder that describes the document of a command. */
export function schemaFileOf(command: keyof Documents): string {
  return `${command.replaceAll(' ', '-')}.v${VERSIONS[command]}.json`;
}
