import { existsSync } from 'node:fs';
import { z } from 'zod';
import { canonicalJson, checkDocument, type DocumentKind, readJson, UserError } from '../base/index.ts';
import { sha256 } from './checksum.ts';
import { CONFIG_SCHEMA, type RunConfig } from './config-schema.ts';

/** A configuration with the checksum of what in it decides what a run does. */
interface StoredConfig {
  readonly config: RunConfig;
  readonly configChecksum: string;
}

const STORED_CONFIG: DocumentKind<RunConfig> = {
  schema: CONFIG_SCHEMA,
  code: 'run.wrong-config',
  mend: 'restore the file or start a new run',
};

/** Of the file's own JSON, not of what this version makes of it; where data and replies lie decides nothing, their hashes do. */
function checksumOf(config: RunConfig): string {
  return sha256(
    canonicalJson({
      ...config,
      data: { ...config.data, source: undefined },
      ...(config.llm !== undefined && { llm: { ...config.llm, replay: undefined } }),
    }),
  );
}

/**
 * Checks a configuration before it is frozen.
 *
 * @throws UserError that names the first thing that no run can have.
 */
export function checkConfig(config: RunConfig, directory: string): RunConfig {
  return checkDocument(config, directory, { ...STORED_CONFIG, mend: 'give another value' });
}

/**
 * Reads the configuration of a run.
 *
 * @throws UserError where the file is missing or is not one.
 */
export function readConfig(path: string): StoredConfig {
  if (!existsSync(path)) {
    throw new UserError({
      code: 'run.no-config',
      place: { file: path },
      problem: 'no such file, so this is not a run directory',
      mend: 'name the directory of a run',
    });
  }
  const config = readJson(path, STORED_CONFIG);
  const json = readJson(path, { ...STORED_CONFIG, schema: z.unknown() });
  return { config, configChecksum: checksumOf(json as RunConfig) };
}
