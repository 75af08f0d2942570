import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../base/index.ts';
import { fileError } from './files.ts';
import { isStepColumn, type Locate, type RawColumns } from './steps.ts';

/** Columns of a table; in a CSV file, cells of step columns are numbers or bigints (integers beyond a double's reach). */
export interface CsvColumns {
  readonly columns: RawColumns;
  readonly locate: Locate;
}

/**
 * Reads a CSV file with a header line.
 *
 * @throws UserError where the file cannot be read, has no header, or a line has another number of cells.
 */
export async function readCsv(path: string): Promise<CsvColumns> {
  const parser = createReadStream(path)
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, skip_empty_lines: true, trim: true, info: true }));
  let header: readonly string[] | undefined;
  const cells: unknown[][] = [];
  const lines: number[] = [];
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      if (header === undefined) {
        header = record;
        cells.push(...record.map(() => []));
        continue;
      }
      lines.push(info.lines);
      for (const [at, cell] of record.entries()) cells[at]!.push(isStepColumn(header[at]!) ? numberOf(cell) : cell);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw fileError(path, error);
    throw new UserError(`${path}: not CSV: ${error.message}`, 'Give every line as many cells as the header has.');
  }
  if (header === undefined) {
    throw new UserError(`${path}: the file is empty`, 'Give a CSV file with a header line.');
  }
  const names = header;
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw new UserError(`${path}:1: column \`${repeated}\` is there twice`, 'Give each column once.');
  }
  return {
    columns: new Map(names.map((name, at) => [name, cells[at]!])),
    locate: (row, column) => `${path}:${lines[row]}:${names.indexOf(column) + 1} (column \`${column}\`)`,
  };
}

/** The number that a cell of a step column says, or its text where it says none; labels such as `01` stay text. */
function numberOf(text: string): unknown {
  if (/^[+-]?\d{16,}$/.test(text)) return BigInt(text);
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? text : value;
}
