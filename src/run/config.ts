import { existsSync, readFileSync } from 'node:fs';
import { canonicalJson, UserError } from '../base/index.ts';
import { sha256 } from './checksum.ts';
import { CONFIG_SCHEMA, type RunConfig } from './config-schema.ts';
import { lineOf } from './json-line.ts';

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
  const line = text === undefined ? '' : `:${lineOf(text, keys)}`;
  throw new UserError(
    `${path}${line}: ${keys.join('.') || 'the top level'}: ${issue?.message ?? 'not a run configuration'}`,
    text === undefined ? 'give another value' : 'restore the file or start a new run',
  );
};

/**
 * Reads the configuration of a run.
 *
 * @throws UserError where the file is missing or is not one.
 */
export const readConfig = (path: string): StoredConfig => {
  if (!existsSync(path)) {
    throw new UserError(
      `${path}: no such file, so this is not a run directory`,
      'name a directory that `evolve run` made',
    );
  }
  const text = readFileSync(path, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON (${(error as Error).message})`, 'restore the file or start a new run');
  }
  const config = checkConfig(json, path, text);
  return { config, configChecksum: checksumOf(json as RunConfig) };
};
