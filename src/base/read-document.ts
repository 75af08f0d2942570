import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { fileError } from './file-error.ts';
import { type ErrorCode, type Place, UserError } from './user-error.ts';

/** What a document has to be, and how to say that it is not. */
export interface DocumentKind<T> {
  readonly schema: z.ZodType<T>;
  /** Of the error where the text is of another kind. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly mend: string;
}

type Words = Pick<DocumentKind<unknown>, 'code' | 'mend'>;

/** @throws UserError where the file cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fileError(error, file);
  }
}

/** @throws UserError where the file cannot be read, is not JSON or does not fit the schema. */
export function readJson<T>(file: string, kind: DocumentKind<T>): T {
  return checkJson(readText(file), file, kind);
}

/** @throws UserError where a text is not JSON or does not fit the schema; `file` is where it was read. */
export function checkJson<T>(text: string, file: string, kind: DocumentKind<T>): T {
  return checkDocument(parseJson(text, file, kind), file, kind, text);
}

/** The document in a file that one can do without: undefined where `readJson` would throw. */
export function readJsonIfAny<T>(file: string, schema: z.ZodType<T>): T | undefined {
  try {
    return readJson(file, { schema, code: 'base.document', mend: '' });
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** @throws UserError where the file cannot be read, is not YAML or does not fit the schema. */
export function readYaml<T>(file: string, kind: DocumentKind<T>): T {
  return checkYaml(readText(file), file, kind);
}

/** @throws UserError where a text is not YAML or does not fit the schema; `file` is where it was read. */
export function checkYaml<T>(text: string, file: string, kind: DocumentKind<T>): T {
  return checkDocument(parseYaml(text, file, kind), file, kind, text);
}

/**
 * Checks a parsed document against a schema.
 *
 * @param text of the document, where there is one: an error then names the line.
 * @throws UserError that names the file and the first place that does not fit.
 */
export function checkDocument<T>(
  document: unknown,
  file: string,
  { schema, code, mend }: DocumentKind<T>,
  text?: string,
): T {
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const at = path.length > 0 ? path.map(String).join('.') : 'the top level';
  const line = text === undefined ? undefined : lineOf(text, path);
  throw new UserError({ code, place: { file, line, at }, problem: message, mend });
}

/** Characters of a text that is searched for a line; the search takes many times the memory of the text. */
const SEARCHED_CHARACTERS = 1 << 22;

/** The line of the value at a path in a JSON or YAML text; of the innermost value on the way where the path leads nowhere. */
function lineOf(text: string, path: readonly PropertyKey[]): number | undefined {
  if (text.length > SEARCHED_CHARACTERS) return undefined;
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  // JSON is YAML.
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false });
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { readonly range?: readonly number[] } | null | undefined)?.range;
    if (range !== undefined && range !== null) return lines.linePos(range[0]!).line;
  }
  return undefined;
}

/** Few files are YAML, and the parser takes as long to load as all else that an evaluation process needs. */
function yaml(): typeof import('yaml') {
  return createRequire(import.meta.url)('yaml') as typeof import('yaml');
}

function refuseEmpty(text: string, file: string, { code, mend }: Words): void {
  if (text.trim() === '') throw new UserError({ code, place: { file }, problem: 'the file is empty', mend });
}

/** Some editors begin a file with a mark that JSON knows nothing of. */
const BYTE_ORDER_MARK = '\uFEFF';

function parseJson(text: string, file: string, words: Words): unknown {
  const { code, mend } = words;
  refuseEmpty(text, file, words);
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  try {
    return JSON.parse(body);
  } catch (error) {
    const place: Place = { file, ...positionIn(body, (error as SyntaxError).message) };
    throw new UserError({ code, mend, place, problem: `not JSON: ${problemOf(error as SyntaxError)}` });
  }
}

/** The parser's words are those of the machine's JavaScript engine; where it stopped is said by the place. */
function problemOf({ message }: SyntaxError): string {
  return message
    .replace(/ (?:in JSON )?at position \d+.*$/s, '')
    .replace(/,? (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, '');
}

function positionIn(text: string, message: string): Pick<Place, 'line' | 'column'> {
  const stated = /at position (\d+)/.exec(message)?.[1];
  if (stated === undefined && !/end of JSON/.test(message)) return {};
  const before = text.slice(0, stated === undefined ? text.length : Number(stated)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function parseYaml(text: string, file: string, words: Words): unknown {
  const { code, mend } = words;
  refuseEmpty(text, file, words);
  try {
    return yaml().parse(text, { logLevel: 'error' });
  } catch (error) {
    const { message, linePos } = error as YAMLParseError;
    const place: Place = { file, line: linePos?.[0].line, column: linePos?.[0].col };
    const problem = message.split('\n')[0]!.replace(/ at line \d+, column \d+:$/, '');
    throw new UserError({ code, mend, place, problem: `not YAML: ${problem}` });
  }
}
