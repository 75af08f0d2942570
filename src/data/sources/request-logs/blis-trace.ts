import type { Outcome } from '../../requests.ts';
import { engineArguments } from '../engine-arguments.ts';
import type { RunFacts, SourceFormat } from '../source.ts';
import { eventsBeside, headersBeside, itlFile, readHeader } from './blis-trace-companions.ts';
import { readTraceCsv, type TraceTable } from './blis-trace-csv.ts';
import { countedNote, loggedRun } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

const LAST_EVENT =
  'last token times are those of the last stream event, which may be the usage that follows the tokens';

/** How a row of a status ended; another status is one that this does not know. */
const OUTCOME: Readonly<Record<string, Outcome>> = {
  ok: 'ok',
  error: 'failed',
  timeout: 'cancelled',
  incomplete: 'incomplete',
};

/**
 * A BLIS trace (TraceV2): a CSV file, beside it a header in YAML and, where `blis observe` recorded them, the times of stream events
 * in `.itl.csv`. Observed arrivals count from the start of the run, all other times are µs since 1970: their offset is the smallest
 * difference of sending and arrival, since no request is sent before it is due.
 *
 * Source: inference-sim/inference-sim, `sim/workload/tracev2.go` (versions 2 and 3), `cmd/observe.go`.
 */
export const blisTrace: SourceFormat = {
  name: 'blis-trace',
  meaning: 'data (CSV) of a BLIS TraceV2, with its header (YAML) beside it',
  recognises: ({ text }) => /^"?request_id"?,"?client_id"?,"?tenant_id"?,"?slo_class"?,/.test(text),
  companions: (path) => [itlFile(path), ...headersBeside(path)],
  read: async (path) => {
    const { header, notes } = readHeader(path);
    const table = await readTraceCsv(path);
    const { server, mode } = header ?? {};
    const events = await eventsBeside(path);
    const facts = engineArguments({ engine: server?.['type'], ...server });
    return [
      {
        ...loggedRun(path, withModel(facts, table), { usual: ['trace', 'data'] }),
        ...requestLog(path, requestsOf(table, mode ?? 'real', events), [
          ...notes,
          ...(mode === 'generated' || mode === 'replayed' ? ['simulated by BLIS, not measured'] : []),
          ...(mode === 'real' && events.size === 0 ? [LAST_EVENT] : []),
          ...lengthNotes(table),
        ]),
      },
    ];
  },
};

function withModel(facts: RunFacts, table: TraceTable): RunFacts {
  const model = table.rows > 0 ? table.text(0, 'model') : '';
  return facts.model !== undefined || model === '' ? facts : { ...facts, model };
}

function requestsOf(
  table: TraceTable,
  mode: string,
  events: ReadonlyMap<number, readonly number[]>,
): readonly LoggedRequest[] {
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const waits = rows.filter((row) => table.count(row, 'send_time_us') > 0).map((row) => waitOf(table, row));
  const offset = waits.reduce((least, wait) => Math.min(least, wait), Number.POSITIVE_INFINITY);
  return rows.map((row): LoggedRequest => {
    const time = (column: string): number | undefined => table.count(row, column) || undefined;
    const output = table.count(row, 'output_tokens');
    const outcome = OUTCOME[table.text(row, 'status')] ?? 'incomplete';
    const id = table.count(row, 'request_id');
    return {
      id: String(id),
      arrivalUs: Number.isFinite(offset) ? table.count(row, 'arrival_time_us') + offset : Number.NaN,
      sentUs: time('send_time_us') ?? (Number.isFinite(offset) ? undefined : 0),
      firstTokenUs: time('first_chunk_time_us'),
      lastTokenUs: time('last_chunk_time_us'),
      departedUs: time('last_chunk_time_us'),
      promptTokens: promptOf(table, row),
      // Without usage it is 0; a simulated request has the length that was meant for it, however far it came.
      outputTokens: output === 0 || (mode !== 'real' && outcome !== 'ok') ? undefined : output,
      outcome,
      events: events.get(id),
    };
  });
}

function waitOf(table: TraceTable, row: number): number {
  return table.count(row, 'send_time_us') - table.count(row, 'arrival_time_us');
}

/** Prompts are logged without the prefix that they share; the server's own count goes before. */
function promptOf(table: TraceTable, row: number): number {
  return (
    table.count(row, 'server_input_tokens') || table.count(row, 'prefix_length') + table.count(row, 'input_tokens')
  );
}

function lengthNotes(table: TraceTable): readonly string[] {
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const ok = rows.filter((row) => table.text(row, 'status') === 'ok');
  const unknown = ok.filter((row) => table.count(row, 'output_tokens') === 0);
  const corrected = rows.filter((row) => {
    const asked = table.count(row, 'prefix_length') + table.count(row, 'input_tokens');
    return promptOf(table, row) !== asked;
  });
  const odd = rows.filter((row) => OUTCOME[table.text(row, 'status')] === undefined);
  return [
    ...countedNote(unknown.length, table.rows, 'have no output length: the server did not report it'),
    ...countedNote(
      corrected.length,
      table.rows,
      "have another prompt length by the server than was meant: the server's is taken",
    ),
    ...countedNote(odd.length, table.rows, 'have a status that is not known: taken as incomplete'),
  ];
}
