import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { parseExperimentName } from '../ground-truth/experiment-name.ts';
import type { RunFacts, RunRecords } from '../source.ts';

/** A count that a log may leave out. */
export const maybeCount: z.ZodType<number | null | undefined> = z.number().int().nonnegative().nullish();
/** A time or a duration that a log may leave out. */
export const maybeTime: z.ZodType<number | null | undefined> = z.number().nullish();

/** A time in µs, of one that is written in another unit; undefined where there is none. */
export function microseconds(time: number | null | undefined, perUnit = 1e6): number | undefined {
  const us = typeof time === 'number' ? time * perUnit : Number.NaN;
  return Number.isFinite(us) ? us : undefined;
}

/** The first of some values that is there. */
export function firstOf<T>(...values: readonly (T | null | undefined)[]): T | undefined {
  return values.find((value) => value !== null && value !== undefined) ?? undefined;
}

/** A note where there is something to count. */
export function countedNote(count: number, of: number, text: string): readonly string[] {
  return count === 0 ? [] : [`${count} of ${of} requests ${text}`];
}

/** Which run of a file it is. */
interface Which {
  /** Names of files that say nothing, since a tool calls all its files by them. */
  readonly usual?: readonly string[];
  /** Of several runs in a file, from 0. */
  readonly at?: number;
  readonly runs?: number;
}

/**
 * What is known of a run beside its requests. It is called by its file, or by the folder where the file's name says nothing. What a
 * client says of the server is its word alone, e.g. a name that it called the model by, and so is the name of a file: the user's
 * word goes before them.
 */
export function loggedRun(
  path: string,
  { settings, ...said }: RunFacts,
  { usual = [], at = 0, runs = 1 }: Which = {},
): Pick<RunRecords, 'id' | 'place' | 'assumed' | 'settings'> {
  const own = basename(path).replace(/(?:\.(?:jsonl?|ya?ml|csv|log|gz|zst))+$/i, '');
  const name = own === '' || usual.includes(own) ? basename(dirname(resolve(path))) : own;
  const id = runs > 1 ? `${name}-${at + 1}` : name;
  return { id, place: path, settings, assumed: { ...parseExperimentName(name), ...said } };
}

/** Whether the beginning of a JSON text has a key; a key within a string does not count. */
export function hasKey(text: string, key: string): boolean {
  return new RegExp(`"${key}"\\s*:`).test(text);
}
