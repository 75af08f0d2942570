import { UserError } from '../../base/index.ts';

/** A `config.json`, with what it nests for its text part on top. */
export type Config = Readonly<Record<string, unknown>>;

/** A configuration and where it stands, for errors. */
export interface ConfigFile {
  readonly config: Config;
  readonly path: string;
}

export const UNCHANGED = 'Give the config.json of the model, unchanged';

/** Where models with other parts keep the keys of their text part. */
const TEXT_PARTS = ['text_config', 'llm_config', 'language_config'] as const;

/** Brings the keys of the text part to the top, where it has a value for them. */
export function textConfig(config: Config): Config {
  const nested = TEXT_PARTS.map((key) => config[key]).find((part) => typeof part === 'object' && part !== null);
  if (nested === undefined) return config;
  const said = Object.entries(nested as Config).filter(([, value]) => value !== null && value !== '');
  return { ...config, ...Object.fromEntries(said) };
}

/** The first of some keys that has a value. */
export function firstOf({ config }: ConfigFile, keys: readonly string[]): string | undefined {
  return keys.find((key) => config[key] !== undefined && config[key] !== null);
}

/** @throws UserError where it is there and no positive integer. */
export function optionalInteger(file: ConfigFile, keys: readonly string[]): number | undefined {
  const key = firstOf(file, keys);
  return key === undefined ? undefined : positiveInteger(file, key);
}

/** As {@link optionalInteger}, where 0 says that there is none. */
export function countOrNone(file: ConfigFile, keys: readonly string[]): number {
  const key = firstOf(file, keys);
  return key === undefined || file.config[key] === 0 ? 0 : positiveInteger(file, key);
}

/** @throws UserError where it is missing or no positive integer. */
export function positiveInteger({ config, path }: ConfigFile, key: string): number {
  const value = config[key];
  if (value === undefined || value === null) {
    throw wrong(path, `key \`${key}\` is missing`, `Add \`${key}\`, as in the model's published config.json`);
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) {
    throw wrong(path, `\`${key}\` is ${JSON.stringify(value)}`, `Set \`${key}\` to a positive integer`);
  }
  return value;
}

/** A list of texts or numbers; undefined where the key has none. */
export function listOf({ config }: ConfigFile, key: string): readonly (string | number)[] | undefined {
  const value = config[key];
  if (!Array.isArray(value)) return undefined;
  return value.filter((entry): entry is string | number => typeof entry === 'string' || typeof entry === 'number');
}

export function textOf({ config }: ConfigFile, key: string): string {
  const value = config[key];
  return typeof value === 'string' ? value : '';
}

export function wrong(path: string, problem: string, mend: string): UserError {
  return new UserError({ code: 'physics.wrong-config', place: { file: path }, problem, mend });
}
