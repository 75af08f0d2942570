import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../../base/index.ts';
import { readContent } from './content.ts';
import { isStepColumn } from '../steps/column-names.ts';
import type { TableColumns } from '../steps/raw-columns.ts';

/**
 * Reads a CSV file with a header line, packed or not. Cells of step columns are numbers or bigints (integers beyond a double's
 * reach).
 *
 * @param numbers further columns that hold numbers.
 * @throws UserError where the file cannot be read, has no header, or a line has another number of cells.
 */
export async function readCsv(
  path: string,
  numbers: Pick<ReadonlySet<string>, 'has'> = new Set(),
): Promise<TableColumns> {
  const parser = Readable.from(readContent(path))
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, skip_empty_lines: true, trim: true, info: true }));
  let header: readonly string[] | undefined;
  let isNumber: readonly boolean[] = [];
  const cells: unknown[][] = [];
  const lines: number[] = [];
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      if (header === undefined) {
        header = record;
        isNumber = record.map((name) => isStepColumn(name) || numbers.has(name));
        cells.push(...record.map(() => []));
        continue;
      }
      lines.push(info.lines);
      for (const [at, cell] of record.entries()) cells[at]!.push(isNumber[at] === true ? numberOf(cell) : cell);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError({
      code: 'data.not-csv',
      place: { file: path },
      problem: `not CSV: ${error.message}`,
      mend: 'Give every line as many cells as the header has',
    });
  }
  if (header === undefined) {
    throw new UserError({
      code: 'data.not-csv',
      place: { file: path },
      problem: 'the file is empty',
      mend: 'Give a CSV file with a header line',
    });
  }
  const names = header;
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw new UserError({
      code: 'data.repeated-column',
      place: { file: path, line: 1 },
      problem: `column \`${repeated}\` is there twice`,
      mend: 'Give each column once',
    });
  }
  return {
    columns: new Map(names.map((name, at) => [name, cells[at]!])),
    locate: (row, column) => ({
      file: path,
      line: lines[row],
      column: names.indexOf(column) + 1,
      at: `column \`${column}\``,
    }),
  };
}

/** The number that a cell of a step column says, or its text where it says none; labels such as `01` stay text. */
export function numberOf(text: string): unknown {
  if (/^[+-]?\d{16,}$/.test(text)) return BigInt(text);
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? text : value;
}
