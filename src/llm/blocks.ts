import { oneLine } from './one-line.ts';

/** A program that a reply holds, as text. */
export interface ReplyBlock {
  /** Why the writer made it so, one line; empty where the reply does not say. */
  readonly reason: string;
  readonly source: string;
  /** The lines just above it, which may name a program that it edits; absent where there are none. */
  readonly above?: string;
  /** Whether nothing closes it: the reply ended within it, or was cut there. */
  readonly isOpen?: true;
}

/** Longest text that is searched, and most programs that are taken from one reply. */
const LONGEST_TEXT = 1 << 20;
const MOST_BLOCKS = 32;
const LONGEST_REASON = 200;
/** Depth to which JSON is searched for programs. */
const JSON_DEPTH = 4;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+-]*)/;
const CODE_LANGUAGES: ReadonlySet<string> = new Set([
  '',
  'js',
  'javascript',
  'mjs',
  'ts',
  'typescript',
  'tsx',
  'jsx',
  'diff',
  'patch',
  'udiff',
]);
const FUNCTION = 'predictStepTime';
const CODE_KEYS = ['source', 'code', 'program', 'text'] as const;
const REASON_KEYS = ['reason', 'rationale', 'why', 'explanation'] as const;

/**
 * The programs of a reply, in order: fenced blocks anywhere in the text, JSON (as a whole, in a fence, or between prose) whose
 * objects have a `source`, and as a last resort bare code or edits. A fence that is never closed reaches to the end. Takes time linear
 * in the length of the text; it never throws, and nothing of the text is followed or run.
 */
export function replyBlocks(reply: string): readonly ReplyBlock[] {
  const text = reply.slice(0, LONGEST_TEXT);
  const fences = fencesOf(text);
  const found = fences.flatMap(({ language, before, body, isOpen }): readonly ReplyBlock[] => {
    if (language === 'json') return jsonBlocks(body);
    if (!CODE_LANGUAGES.has(language) && !body.includes(FUNCTION)) return [];
    const blocks = looksLikeJson(body) ? jsonBlocks(body) : [];
    if (blocks.length > 0) return blocks;
    const modules = modulesOf(body, reasonBefore(before));
    const above = linesAbove(before);
    return modules.map((block, i) => ({
      ...block,
      ...(above !== '' && { above }),
      ...(isOpen && i === modules.length - 1 && { isOpen: true as const }),
    }));
  });
  const blocks = found.length > 0 ? found : unfenced(text);
  return blocks.slice(0, MOST_BLOCKS).map((block) => ({ ...block, reason: oneLine(block.reason, LONGEST_REASON) }));
}

interface Fence {
  readonly language: string;
  /** The lines between the block before and this one. */
  readonly before: readonly string[];
  readonly body: string;
  readonly isOpen: boolean;
}

function fencesOf(text: string): readonly Fence[] {
  const fences: Fence[] = [];
  let before: string[] = [];
  let open: { readonly mark: string; readonly language: string; readonly body: string[] } | undefined;
  const close = (isOpen: boolean): void => {
    if (open !== undefined) fences.push({ language: open.language, before, body: open.body.join('\n'), isOpen });
    open = undefined;
    before = [];
  };
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line);
    const mark = fence?.[1];
    if (open === undefined) {
      if (mark === undefined) before.push(line);
      else open = { mark, language: (fence?.[2] ?? '').toLowerCase(), body: [] };
    } else if (mark?.startsWith(open.mark) === true && line.trim() === mark) close(false);
    else open.body.push(line);
  }
  close(true);
  return fences;
}

/** The line just above a block, without list marks and emphasis. */
function reasonBefore(lines: readonly string[]): string {
  const line = lines.findLast((candidate) => candidate.trim() !== '') ?? '';
  return line
    .replaceAll('**', '')
    .replace(/^[\s#>*\-\d.)]+/, '')
    .replace(/^(?:reason|rationale|why)\s*:\s*/i, '');
}

/** So many lines above a block may say what it is about. */
const ABOVE = 3;

function linesAbove(lines: readonly string[]): string {
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-ABOVE)
    .join('\n');
}

const MODULE_START = /^\s*(?:export\s+)?const\s+constants\b/;

/** The modules of a block: models sometimes put several into one fence. */
function modulesOf(body: string, reason: string): readonly ReplyBlock[] {
  const lines = body.split('\n');
  const starts = lines.flatMap((line, i) => (MODULE_START.test(line) ? [i] : []));
  if (starts.length < 2) return body.trim() === '' ? [] : [{ reason, source: body }];
  const [first = 0, ...others] = starts;
  // What stands before the first module belongs to it; comments before a later one give its reason.
  return [first, ...others].map((start, k) => {
    const source = lines.slice(k === 0 ? 0 : start, others[k] ?? lines.length).join('\n');
    return { reason: k === 0 ? reason : reasonBefore(lines.slice(starts[k - 1], start)), source };
  });
}

/** Edits outside a fence: SEARCH/REPLACE, or the head of a unified diff. */
const EDIT_START = /^(?:<{5,9} ?SEARCH|--- \S|@@ )/;

function unfenced(text: string): readonly ReplyBlock[] {
  const json = looksLikeJson(text) ? jsonBlocks(text) : jsonBlocks(between(text));
  if (json.length > 0) return json;
  const lines = text.split('\n');
  const edit = lines.findIndex((line) => EDIT_START.test(line));
  if (edit >= 0) {
    const before = lines.slice(0, edit);
    return [{ reason: reasonBefore(before), source: lines.slice(edit).join('\n'), above: linesAbove(before) }];
  }
  if (!text.includes(FUNCTION)) return [];
  const start = lines.findIndex((line) => MODULE_START.test(line) || /^\s*(?:export\s+)?function\s/.test(line));
  return start < 0 ? [] : modulesOf(lines.slice(start).join('\n'), reasonBefore(lines.slice(0, start)));
}

function looksLikeJson(text: string): boolean {
  const first = text.trimStart().charAt(0);
  return first === '{' || first === '[';
}

/** From the first opening bracket of JSON to the last closing one. */
function between(text: string): string {
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf(']'), text.lastIndexOf('}'));
  return start < 0 || end < start ? '' : text.slice(start, end + 1);
}

function jsonBlocks(text: string): readonly ReplyBlock[] {
  try {
    const blocks: ReplyBlock[] = [];
    collect(JSON.parse(text), JSON_DEPTH, blocks);
    return blocks;
  } catch {
    return [];
  }
}

function collect(value: unknown, depth: number, blocks: ReplyBlock[]): void {
  if (typeof value !== 'object' || value === null || depth === 0 || blocks.length >= MOST_BLOCKS) return;
  const record = value as Readonly<Record<string, unknown>>;
  const source = firstText(record, CODE_KEYS);
  if (source !== undefined) {
    // JSON may hold a fenced block as its text.
    const [inner] = fencesOf(source);
    blocks.push({ reason: firstText(record, REASON_KEYS) ?? '', source: inner?.body ?? source });
    return;
  }
  for (const part of Object.values(record)) {
    if (blocks.length >= MOST_BLOCKS) return;
    if (typeof part === 'string' && part.includes(FUNCTION)) blocks.push({ reason: '', source: part });
    else collect(part, depth - 1, blocks);
  }
}

function firstText(record: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(record, key) ? record[key] : undefined;
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}
