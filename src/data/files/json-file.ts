import { checkJson, type DocumentKind, type Place, UserError } from '../../base/index.ts';
import { readContent } from './content.ts';
import type { JsonText } from './json-cutter.ts';
import { jsonTexts } from './json-texts.ts';

/**
 * The whole text of a file, unpacked where it is packed.
 *
 * @throws UserError where it cannot be read or is too long.
 */
export async function readPackedText(path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of readContent(path)) parts.push(part);
  const bytes = Buffer.concat(parts);
  try {
    return bytes.toString('utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new UserError({
      code: 'data.long-document',
      place: { file: path },
      problem: `a document of ${Math.round(bytes.length / 1e6)} MB is more than can be read`,
      mend: 'Split it, or record fewer requests',
    });
  }
}

/**
 * The one JSON document in a file, packed or not. Python's NaN and Infinity are null.
 *
 * @param without keys whose values are not wanted, see {@link jsonTexts}.
 */
export async function readJsonDocument<T>(
  path: string,
  kind: DocumentKind<T>,
  without: readonly string[] = [],
): Promise<T> {
  const texts: JsonText[] = [];
  for await (const text of jsonTexts(path, without)) {
    texts.push(text);
    if (texts.length > 1) break;
  }
  const [first, second] = texts;
  if (first === undefined) return checkJson('', path, kind);
  const value = checkText(first, path, kind);
  if (second === undefined) return value;
  throw new UserError({
    code: kind.code,
    place: { file: path, line: second.line, column: second.column },
    problem: 'something follows the document',
    mend: kind.mend,
  });
}

/** A document of a file that has several. */
export interface JsonLine<T> {
  readonly value: T;
  readonly place: Place;
}

/**
 * The documents of a file that has one a line, or one after another in any other layout. Python's NaN and Infinity are null.
 *
 * @param without keys whose values are not wanted, see {@link jsonTexts}.
 * @throws UserError that names the line, where one is not JSON or does not fit.
 */
export async function readJsonLines<T>(
  path: string,
  kind: DocumentKind<T>,
  without: readonly string[] = [],
): Promise<readonly JsonLine<T>[]> {
  const documents: JsonLine<T>[] = [];
  for await (const text of jsonTexts(path, without)) {
    documents.push({ value: checkText(text, path, kind), place: { file: path, line: firstLine(text) } });
  }
  return documents;
}

/** The line of the value's first character; there may be empty ones before it. */
function firstLine({ text, line }: JsonText): number {
  return line + text.slice(0, text.search(/\S/)).split('\n').length - 1;
}

function checkText<T>(whole: JsonText, file: string, kind: DocumentKind<T>): T {
  const { text, line, column, reduced } = whole;
  try {
    return checkJson(text, file, kind);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, problem, mend, place } = error;
    // JavaScript's parser does not always say where it stopped.
    const onlyLine = text.trim().includes('\n') ? undefined : firstLine(whole);
    const within = place.line === undefined ? onlyLine : place.line + line - 1;
    const offset = place.line === 1 ? column - 1 : 0;
    const at = place.column === undefined || reduced ? undefined : place.column + offset;
    throw new UserError({ code, problem, mend, place: { ...place, line: within, column: at } });
  }
}

/** The document on a line. @throws UserError that names the line, where it is not JSON or does not fit. */
export function checkLine<T>(text: string, file: string, line: number, kind: DocumentKind<T>): T {
  return checkText({ text, line, column: 1, reduced: false }, file, kind);
}
