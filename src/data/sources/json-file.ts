import { checkJson, type DocumentKind, type Place, UserError } from '../../base/index.ts';
import { readContent } from '../content.ts';

/** The whole text of a file, unpacked where it is packed. */
export async function readPackedText(path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of readContent(path)) parts.push(part);
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/** A JSON document in a file, packed or not, see {@link pythonJson}. */
export async function readJsonDocument<T>(path: string, kind: DocumentKind<T>): Promise<T> {
  return checkJson(pythonJson(await readPackedText(path)), path, kind);
}

/** A line of a file of JSON lines. */
export interface JsonLine<T> {
  readonly value: T;
  readonly place: Place;
}

/**
 * The documents of a file with one a line, empty lines left out.
 *
 * @throws UserError that names the line, where one is not JSON or does not fit.
 */
export async function readJsonLines<T>(path: string, kind: DocumentKind<T>): Promise<readonly JsonLine<T>[]> {
  const lines = pythonJson(await readPackedText(path)).split('\n');
  return lines.flatMap((line, at) =>
    line.trim() === '' ? [] : [{ value: checkLine(line, path, at + 1, kind), place: { file: path, line: at + 1 } }],
  );
}

/** The document on a line. @throws UserError that names the line, where it is not JSON or does not fit. */
export function checkLine<T>(text: string, file: string, line: number, kind: DocumentKind<T>): T {
  try {
    return checkJson(text, file, kind);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, problem, mend, place } = error;
    throw new UserError({ code, problem, mend, place: { ...place, line } });
  }
}

/** Python writes `NaN`, `Infinity` and `-Infinity` for numbers that JSON does not know: they become null. */
function pythonJson(text: string): string {
  return /NaN|Infinity/.test(text)
    ? text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) => (part.startsWith('"') ? part : 'null'))
    : text;
}
