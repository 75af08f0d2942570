import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileError, type Place, UserError } from '../base/index.ts';
import { STEP_COLUMNS } from '../physics/index.ts';
import type { RawColumns } from './steps.ts';

const EVENT = 'step.BATCH_SUMMARY';
const ATTRIBUTES: readonly string[] = Object.values(STEP_COLUMNS);

interface Attribute {
  readonly key: string;
  readonly value: { readonly intValue?: string | number; readonly doubleValue?: number };
}
interface OtlpExport {
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly {
      readonly spans?: readonly {
        readonly events?: readonly { readonly name: string; readonly attributes?: readonly Attribute[] }[];
      }[];
    }[];
  }[];
}

/**
 * Reads the BATCH_SUMMARY events of a `traces.json`: one OTLP export object a line. The file is streamed, since real ones
 * reach several GB; only the step columns are kept.
 *
 * @throws UserError where the file cannot be read, a line is not JSON, or an event lacks an attribute.
 */
export async function readTraces(path: string): Promise<RawColumns> {
  const columns = new Map<string, unknown[]>(ATTRIBUTES.map((key) => [key, []]));
  const input = createReadStream(path, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      // Most lines of a trace are request journeys: parsing them would be most of the work.
      if (text.includes(EVENT)) collect(text, columns, { file: path, line });
    }
  } catch (error) {
    throw fileError(error, path);
  } finally {
    input.destroy();
  }
  return columns;
}

function collect(text: string, columns: ReadonlyMap<string, unknown[]>, place: Place): void {
  for (const attributes of batchSummaries(text, place)) {
    const values = new Map(attributes.map(({ key, value }) => [key, value]));
    for (const [key, cells] of columns) {
      const value = values.get(key);
      const cell = value?.doubleValue ?? integerOf(value?.intValue);
      if (cell === undefined) {
        throw new UserError({
          code: 'data.missing-attribute',
          place: place,
          problem: `a ${EVENT} event has no number \`${key}\``,
          mend: 'Remove the line or trace again',
        });
      }
      cells.push(cell);
    }
  }
}

/** OTLP writes 64-bit integers as text, since JSON numbers do not hold them. */
function integerOf(value: string | number | undefined): number | bigint | undefined {
  if (typeof value !== 'string') return value;
  return /^-?\d{16,}$/.test(value) ? BigInt(value) : Number(value);
}

function batchSummaries(text: string, place: Place): readonly (readonly Attribute[])[] {
  try {
    const document = JSON.parse(text) as OtlpExport;
    return (document.resourceSpans ?? [])
      .flatMap((resource) => resource.scopeSpans ?? [])
      .flatMap((scope) => scope.spans ?? [])
      .flatMap((span) => span.events ?? [])
      .filter((event) => event.name === EVENT)
      .map((event) => event.attributes ?? []);
  } catch (error) {
    throw new UserError({
      code: 'data.not-otlp',
      place: place,
      problem: `not an OTLP export: ${(error as Error).message}`,
      mend: 'Give the traces.json as it was exported: one JSON object a line. A truncated last line can be removed',
    });
  }
}
