import { enumeration, UserError } from '../../base/index.ts';
import { READ_COLUMNS, type ReadColumn } from './column-names.ts';
import type { RawColumns, SourceColumns } from './raw-columns.ts';

type Columns = Map<ReadColumn, Float64Array>;
type Rule = readonly [
  column: ReadColumn,
  from: readonly [ReadColumn, ReadColumn],
  of: (a: number, b: number) => number,
];

/** Columns that follow from others, in the order in which they are tried; ns and µs as their names say. */
const RULES: readonly Rule[] = [
  ['prefillTokens', ['scheduledTokens', 'decodeTokens'], (all, decode) => all - decode],
  ['decodeTokens', ['scheduledTokens', 'prefillTokens'], (all, prefill) => all - prefill],
  ['scheduledTokens', ['prefillTokens', 'decodeTokens'], (prefill, decode) => prefill + decode],
  ['durationUs', ['startNs', 'endNs'], (start, end) => Math.floor((end - start) / 1000)],
  ['startNs', ['endNs', 'durationUs'], (end, duration) => end - 1000 * duration],
  ['endNs', ['startNs', 'durationUs'], (start, duration) => start + 1000 * duration],
  ['kvBlocksFree', ['kvBlocksTotal', 'kvUsageRatio'], (total, ratio) => Math.round(total * (1 - ratio))],
  ['kvUsageRatio', ['kvBlocksTotal', 'kvBlocksFree'], (total, free) => (total > 0 ? 1 - free / total : 0)],
];

/** Without these a record says nothing of a batch. */
const REQUIRED: readonly ReadColumn[] = ['prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests'];
/** One of these says how long steps take, or when they began. */
const TIMES: readonly ReadColumn[] = ['durationUs', 'startNs'];

/** What follows from some columns, added to them. A source without step ids has its steps in their order. */
export function deriveColumns(columns: Columns, rows: number): void {
  for (const [column, [first, second], of] of RULES) {
    const a = columns.get(first);
    const b = columns.get(second);
    if (columns.has(column) || a === undefined || b === undefined) continue;
    columns.set(
      column,
      a.map((value, row) => of(value, b[row]!)),
    );
  }
  if (!columns.has('stepId'))
    columns.set(
      'stepId',
      Float64Array.from({ length: rows }, (_, row) => row),
    );
}

/**
 * Refuses step records that lack what every model of a step time needs, and that nothing else in them tells.
 *
 * @throws UserError that names all that is missing at once.
 */
export function refuseMissing(sources: SourceColumns, raw: RawColumns, file: string): void {
  const known = new Set(sources.keys());
  for (const [column, from] of RULES) if (from.every((name) => known.has(name))) known.add(column);
  const missing = REQUIRED.filter((name) => !known.has(name)).map((name) => `\`${READ_COLUMNS[name]}\``);
  const times = TIMES.some((name) => known.has(name))
    ? []
    : [`a time (${TIMES.map((name) => `\`${READ_COLUMNS[name]}\``).join(' or ')})`];
  const all = [...missing, ...times];
  if (all.length === 0) return;
  throw new UserError({
    code: 'data.missing-column',
    place: { file },
    problem: `${missing.length === 1 && all.length === 1 ? 'column ' : missing.length > 0 ? 'columns ' : ''}${enumeration(all)} ${all.length === 1 ? 'is' : 'are'} missing (columns: ${[...raw.keys()].join(', ') || 'none'})`,
    mend: 'Add what is missing, or say which columns hold it under other names',
    details: { missing: all.length },
  });
}
