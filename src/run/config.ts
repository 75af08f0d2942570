import { existsSync } from 'node:fs';
import { z } from 'zod';
import { canonicalJson, readJson, readText, UserError } from '../base/index.ts';
import { sha256 } from './checksum.ts';
import { CONFIG_SCHEMA, type RunConfig } from './config-schema.ts';
import { lineOf } from './json-line.ts';

const CODE = 'run.wrong-config';
const RESTORE = 'restore the file or start a new run';

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
 * Checks a configuration before it is frozen or used.
 *
 * @param text of the file, where it comes from one: an error then names the line.
 * @throws UserError that names the first thing that no run can have.
 */
export const checkConfig = (json: unknown, path: string, text?: string): RunConfig => {
  const parsed = CONFIG_SCHEMA.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const keys = (issue?.path ?? []).map((key) => (typeof key === 'number' ? key : String(key)));
  throw new UserError({
    code: CODE,
    place: {
      file: path,
      line: text === undefined ? undefined : lineOf(text, keys),
      at: keys.join('.') || 'the top level',
    },
    problem: issue?.message ?? 'not a run configuration',
    mend: text === undefined ? 'give another value' : RESTORE,
  });
};

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
  const json = readJson(path, { schema: z.unknown(), code: CODE, mend: RESTORE });
  const config = checkConfig(json, path, readText(path));
  return { config, configChecksum: checksumOf(json as RunConfig) };
};
