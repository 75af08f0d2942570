import { UserError } from '../../../base/index.ts';
import type { TableColumns } from '../../steps/raw-columns.ts';
import { numberOf } from '../../files/csv.ts';
import { readLines } from '../../files/lines.ts';
import { isStepColumn } from '../../steps/column-names.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * A table of JSON lines, one flat object a row. Integers beyond a double's reach stay whole, and `NaN`, as Python writes it, is
 * told apart from null.
 *
 * @param numbers further columns that hold numbers.
 * @throws UserError that names the line, where one is no object in JSON.
 */
export async function readJsonTable(path: string, numbers: Pick<ReadonlySet<string>, 'has'>): Promise<TableColumns> {
  const columns = new Map<string, unknown[]>();
  const lines: number[] = [];
  for await (const { text, number } of readLines(path)) {
    if (text.trim() === '') continue;
    const row = rowOf(text);
    if (row === undefined) {
      throw new UserError({
        code: 'data.not-json-lines',
        place: { file: path, line: number },
        problem: 'the line is no object in JSON',
        mend: 'Give one flat object a line, or copy the file again: it may be truncated',
      });
    }
    for (const [name, cell] of Object.entries(row)) {
      let cells = columns.get(name);
      if (cells === undefined) columns.set(name, (cells = []));
      cells.length = lines.length;
      cells.push(typeof cell === 'string' && (isStepColumn(name) || numbers.has(name)) ? numberOf(cell) : cell);
    }
    lines.push(number);
  }
  for (const cells of columns.values()) cells.length = lines.length;
  return { columns, locate: (row, column) => ({ file: path, line: lines[row], at: `column \`${column}\`` }) };
}

/** The object of a line; undefined where it is none. */
export function rowOf(line: string): Row | undefined {
  const text = line.replaceAll(/"(?:[^"\\]|\\.)*"|-?(?:\d{16,}(?![\d.eE])|\bNaN\b|\bInfinity\b)/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
