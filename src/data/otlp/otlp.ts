import { type Place, UserError } from '../../base/index.ts';
import { readContent } from '../content.ts';
import { BrokenJson, markedObjects } from './marked-objects.ts';

/** A number of OTLP in JSON. Integers of 64 bits are text, since JSON numbers do not hold them; some writers use snake case. */
export interface OtlpValue {
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly int_value?: string | number;
  readonly double_value?: number;
}

/** An event of a span. Nothing is known of a file before it is read, so all is optional. */
export interface SpanEvent {
  readonly name?: unknown;
  readonly attributes?: readonly { readonly key: string; readonly value: OtlpValue }[];
}

export interface Span {
  readonly name?: unknown;
  readonly events?: readonly SpanEvent[];
}

/** An object of a trace file and where it begins. */
export interface Placed<T> {
  readonly object: T;
  readonly place: Place;
}

/**
 * The objects of trace files that hold a certain string as a key or value of their own, e.g. the events or spans of a name: OTLP in
 * JSON as collectors write it, one export a line, one array or one pretty document, plain or packed. The files are streamed, since
 * real ones reach several GB, and nothing but those objects is parsed.
 *
 * Source: opentelemetry-proto, JSON mapping of `ExportTraceServiceRequest`; opentelemetry-collector-contrib, `fileexporter`.
 *
 * @throws UserError where a file cannot be read or is not JSON.
 */
export async function* otlpObjects<T>(files: readonly string[], mark: string): AsyncGenerator<Placed<T>> {
  for (const file of files) {
    try {
      for await (const { text, line } of markedObjects(readContent(file), mark)) {
        yield { object: parse(text, { file, line }) as T, place: { file, line } };
      }
    } catch (error) {
      if (error instanceof BrokenJson) throw notOtlp({ file, line: error.line }, error.message);
      throw error;
    }
  }
}

/** The attributes of an event that are numbers, by name. */
export function numbersOf({ attributes }: SpanEvent): ReadonlyMap<string, number | bigint> {
  return new Map(
    (Array.isArray(attributes) ? attributes : []).flatMap(({ key, value }) => {
      const number = numberOf(value);
      return number === undefined ? [] : [[key, number] as const];
    }),
  );
}

function numberOf(value: OtlpValue | undefined): number | bigint | undefined {
  const integer = value?.intValue ?? value?.int_value;
  if (typeof integer === 'string') return /^-?\d{16,}$/.test(integer) ? BigInt(integer) : Number(integer);
  return value?.doubleValue ?? value?.double_value ?? integer;
}

function parse(text: string, place: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notOtlp(place, (error as Error).message);
  }
}

function notOtlp(place: Place, problem: string): UserError {
  return new UserError({
    code: 'data.not-otlp',
    place,
    problem: `not an OTLP export in JSON: ${problem}`,
    mend: 'Give the traces as a collector writes them with the format json; a truncated last line can be removed',
  });
}
