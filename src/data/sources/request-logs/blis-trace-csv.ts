import { type Place, UserError } from '../../../base/index.ts';
import { readCsv } from '../../files/csv.ts';
import { readLines } from '../../files/lines.ts';

/** Columns of every trace, in their order. */
const COLUMNS: readonly string[] =
  `request_id client_id tenant_id slo_class session_id round_index prefix_group prefix_length streaming
  input_tokens output_tokens text_tokens image_tokens audio_tokens video_tokens reason_ratio model deadline_us
  server_input_tokens arrival_time_us send_time_us first_chunk_time_us last_chunk_time_us num_chunks status error_message
  finish_reason`.split(/\s+/);
/** Columns that some traces have, each after another one. Columns after the last one may be any. */
const OPTIONAL: Readonly<Record<string, string>> = { slo_class: 'vllm_priority', deadline_us: 'slo_target_us' };
const MEND = 'Copy the file again from the run';

/** A table of integers and texts, with errors that name the cell. */
export interface TraceTable {
  readonly rows: number;
  readonly text: (row: number, column: string) => string;
  /** @throws UserError where the cell is no integer from 0 on. */
  readonly count: (row: number, column: string) => number;
}

/**
 * Reads the data of a TraceV2. Its readers go by position alone, so that a header in another order is not one of it.
 *
 * @throws UserError where it cannot be read or a column is not where it has to be.
 */
export async function readTraceCsv(path: string): Promise<TraceTable> {
  return readTable(path, (header) =>
    COLUMNS.flatMap((name) => {
      const next = OPTIONAL[name];
      return next !== undefined && header.includes(next) ? [name, next] : [name];
    }),
  );
}

const EVENT_COLUMNS = ['request_id', 'chunk_index', 'timestamp_us'] as const;

/** The stream events of one request, in the order of their lines. */
interface Events {
  readonly index: number[];
  readonly time: number[];
}

/**
 * Reads the times of a trace's stream events, `.itl.csv` beside it, by request. It has a line for each output token, which is why
 * no more than a line of it is held as text.
 *
 * @throws UserError where it cannot be read or a line is no three integers from 0 on.
 */
export async function readItlCsv(path: string): Promise<ReadonlyMap<number, Events>> {
  const byRequest = new Map<number, Events>();
  let width = 0;
  for await (const { text, number: line } of readLines(path)) {
    const cells = text.split(',');
    if (line === 1) {
      refuseOtherColumns(path, cells, EVENT_COLUMNS);
      width = cells.length;
      continue;
    }
    if (text === '') continue;
    if (cells.length !== width) {
      throw new UserError({
        code: 'data.wrong-request-log',
        place: { file: path, line },
        problem: `the line has ${cells.length} cells, not ${width}`,
        mend: MEND,
      });
    }
    const [id, index, time] = EVENT_COLUMNS.map((name, at) =>
      countOf(cells[at]!, () => ({ file: path, line, column: at + 1, at: `column \`${name}\`` })),
    ) as [number, number, number];
    const own = byRequest.get(id);
    if (own === undefined) byRequest.set(id, { index: [index], time: [time] });
    else {
      own.index.push(index);
      own.time.push(time);
    }
  }
  return byRequest;
}

async function readTable(
  path: string,
  columnsFor: (header: readonly string[]) => readonly string[],
): Promise<TraceTable> {
  const { columns, locate } = await readCsv(path);
  const header = [...columns.keys()];
  refuseOtherColumns(path, header, columnsFor(header));
  const text = (row: number, column: string): string => String(columns.get(column)![row]);
  return {
    rows: columns.get(header[0]!)!.length,
    text,
    count: (row, column) => countOf(text(row, column), () => locate(row, column)),
  };
}

/** @throws UserError where other columns than these come first. */
function refuseOtherColumns(path: string, header: readonly string[], columns: readonly string[]): void {
  const wrong = columns.findIndex((name, at) => header[at] !== name);
  if (wrong === -1) return;
  throw new UserError({
    code: 'data.wrong-request-log',
    place: { file: path, line: 1, column: wrong + 1 },
    problem: `column \`${columns[wrong]}\` has to stand here`,
    mend: MEND,
  });
}

/** @throws UserError where the cell is no integer from 0 on. */
function countOf(cell: string, place: () => Place): number {
  const value = Number(cell);
  if (/^\d+$/.test(cell) && Number.isSafeInteger(value)) return value;
  throw new UserError({
    code: 'data.wrong-request-log',
    place: place(),
    problem: `${JSON.stringify(cell)} is not an integer from 0 on`,
    mend: MEND,
  });
}
