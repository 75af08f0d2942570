import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../base/index.ts';
import type { z } from 'zod';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is a file, not a folder',
};

/** The typed error of a failed file operation. */
export function fileError(path: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new UserError(
    `${path}: ${REASONS[code] ?? (error as Error).message}`,
    existsSync(path) ? 'Check the path and its permissions.' : 'Check the path.',
  );
}

/** @throws UserError where the file cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * Checks a parsed document against a schema.
 *
 * @throws UserError that names the file and the first place that does not fit.
 */
export function checkDocument<T>(schema: z.ZodType<T>, document: unknown, path: string, mend: string): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : 'the document';
  throw new UserError(`${path}: ${place}: ${issue.message}`, mend);
}

/** @throws UserError where the file cannot be read, is not JSON or does not fit the schema. */
export function readJson<T>(schema: z.ZodType<T>, path: string, mend: string): T {
  const text = readText(path);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON: ${(error as Error).message}`, mend);
  }
  return checkDocument(schema, document, path, mend);
}
