import { oneLine } from '../../../../llm/index.ts';

/** A program that a model was shown. */
export interface ShownProgram {
  /** As the prompt counts it, from 1. */
  readonly number: number;
  readonly id: string;
  readonly source: string;
}

/** Lines that take the place of others. */
interface Edit {
  readonly search: readonly string[];
  readonly replace: readonly string[];
}

/** What edits came to. */
export type Edited =
  | { readonly ok: true; readonly source: string; readonly base: string }
  | { readonly ok: false; readonly complaint: string };

const MARK = /^\s*(?:<{5,9}|={5,9}|>{5,9})\s*(?:SEARCH|REPLACE|ORIGINAL|UPDATED)?\s*$/;
const SEARCH = /^\s*<{5,9}\s*(?:SEARCH|ORIGINAL)\s*$/;
const REPLACE = /^\s*>{5,9}\s*(?:REPLACE|UPDATED)\s*$/;
const HUNK = /^@@.*?(?:@@|$)/;
const LONGEST = 80;

/** Whether a text is edits of a program rather than one: SEARCH/REPLACE as aider has it, or a unified diff. */
export function isEdits(text: string): boolean {
  const lines = text.split('\n');
  if (lines.some((line) => SEARCH.test(line))) return true;
  return lines.some((line) => HUNK.test(line) || line.startsWith('+++ ')) && lines.some((line) => /^[+-]/.test(line));
}

/**
 * Applies edits to the program that the text or the lines above it name, by its number or id; where none is named, to the first one
 * that they fit. Each place must be found once: exactly, but for spaces; line numbers of a diff are not looked at, since models miscount.
 */
export function applyEdits(text: string, above: string, shown: readonly ShownProgram[]): Edited {
  const edits = text.split('\n').some((line) => SEARCH.test(line)) ? searchReplace(text) : hunksOf(text);
  if (edits.length === 0) return { ok: false, complaint: 'the edits say nothing of what is to be replaced' };
  const named = namedIn(
    `${above}\n${text
      .split('\n')
      .filter((line) => /^(?:---|\+\+\+) /.test(line))
      .join('\n')}`,
    shown,
  );
  const candidates = named === undefined ? shown : [named];
  const results = candidates.map((each) => applyTo(each, edits));
  const failed = results[0] ?? { ok: false, complaint: 'there is no program to edit' };
  return results.find(({ ok }) => ok) ?? failed;
}

function namedIn(text: string, shown: readonly ShownProgram[]): ShownProgram | undefined {
  const byId = shown.find(({ id }) => text.includes(id));
  if (byId !== undefined) return byId;
  const numbers = [...text.matchAll(/\b(?:program|parent)[ _#-]*(\d{1,3})\b/gi)].map(([, digits]) => Number(digits));
  return shown.find(({ number }) => number === numbers.at(-1));
}

function searchReplace(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  let open: { readonly search: string[]; replace?: string[] } | undefined;
  for (const line of text.split('\n')) {
    if (SEARCH.test(line)) open = { search: [] };
    else if (open === undefined) continue;
    else if (REPLACE.test(line)) {
      if (open.replace !== undefined) edits.push({ search: open.search, replace: open.replace });
      open = undefined;
    } else if (MARK.test(line)) open.replace ??= [];
    else (open.replace ?? open.search).push(line);
  }
  return edits.map(trimmed).filter(({ search }) => search.length > 0);
}

function hunksOf(text: string): readonly Edit[] {
  const hunks: { readonly search: string[]; readonly replace: string[] }[] = [{ search: [], replace: [] }];
  for (const line of text.split('\n')) {
    if (/^(?:---|\+\+\+|diff|index) /.test(line)) continue;
    if (HUNK.test(line)) {
      hunks.push({ search: [], replace: [] });
      continue;
    }
    const hunk = hunks.at(-1) as (typeof hunks)[number];
    if (line.startsWith('\\')) continue;
    if (!line.startsWith('+')) hunk.search.push(line.slice(1));
    if (!line.startsWith('-')) hunk.replace.push(line.slice(1));
  }
  return hunks
    .filter(({ search, replace }) => search.join('\n') !== replace.join('\n'))
    .map(trimmed)
    .filter(({ search }) => search.length > 0);
}

/** Empty lines at the ends that both sides have are no context. */
function trimmed({ search, replace }: Edit): Edit {
  const isEmpty = (line: string | undefined): boolean => line !== undefined && line.trim() === '';
  const before = [...search];
  const after = [...replace];
  while (isEmpty(before[0])) {
    before.shift();
    if (isEmpty(after[0])) after.shift();
  }
  while (isEmpty(before.at(-1))) {
    before.pop();
    if (isEmpty(after.at(-1))) after.pop();
  }
  return { search: before, replace: after };
}

function applyTo({ number, id, source }: ShownProgram, edits: readonly Edit[]): Edited {
  let text = source;
  for (const { search, replace } of edits) {
    const places = placesOf(text, search);
    const what = `"${oneLine(search.find((line) => line.trim() !== '') ?? '', LONGEST)}"`;
    if (places.length === 0) {
      return {
        ok: false,
        complaint: `program ${number} (${id}) has no such lines: ${what}; copy them from it, or write the whole program`,
      };
    }
    if (places.length > 1) {
      return {
        ok: false,
        complaint: `program ${number} (${id}) has these lines ${places.length} times: ${what}; add the lines around them`,
      };
    }
    const [[start, end]] = places as readonly [readonly [number, number]];
    text = text.slice(0, start) + replace.join('\n') + text.slice(end);
  }
  return { ok: true, source: text, base: id };
}

/** Where lines stand in a text, as offsets: whole lines, but for spaces; else, of one line, a part of one. */
function placesOf(text: string, search: readonly string[]): readonly (readonly [start: number, end: number])[] {
  const lines = text.split('\n');
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length + 1;
  }
  const wanted = search.map(squeezed);
  const squeezedLines = lines.map(squeezed);
  const places = lines.flatMap((_, i) => {
    if (!wanted.every((line, k) => squeezedLines[i + k] === line)) return [];
    const last = i + wanted.length - 1;
    return [[starts[i] as number, (starts[last] as number) + (lines[last] as string).length] as const];
  });
  const part = (search[0] as string).trim();
  if (places.length > 0 || search.length > 1 || part === '') return places;
  const parts: (readonly [number, number])[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length))
    parts.push([at, at + part.length]);
  return parts;
}

function squeezed(line: string): string {
  return line.replaceAll(/\s+/g, '');
}
