import { UserError } from '../../base/index.ts';
import { streamContent } from '../files/content.ts';
import type { RunRecords } from '../sources/source.ts';
import { locateRecord } from '../steps/steps.ts';
import { fileHead } from '../files/file-head.ts';
import { BrokenJson } from './json-tokens.ts';
import { isProtobuf } from './protobuf.ts';
import { RequestSpans } from './request-spans.ts';
import { StepRecords } from './step-records.ts';
import { TraceReader } from './trace-reader.ts';
import { wordNumber } from './vocabulary.ts';

const SUMMARY = wordNumber('step.BATCH_SUMMARY');
const SNAPSHOT = wordNumber('step.REQUEST_SNAPSHOT');

/** What traces say of a run. */
export type TraceRecords = Pick<RunRecords, 'steps' | 'requests' | 'model' | 'notes'>;

/**
 * Reads the traces of one run, in one pass: steps, the state of their batches, and requests. OTLP in JSON as collectors write it, one
 * export a line, one array or one pretty document, plain or packed. The files are streamed, since real ones reach several GB.
 *
 * Source: opentelemetry-collector-contrib, `fileexporter`.
 *
 * @param files in the order of time.
 * @throws UserError where a file cannot be read or is not OTLP in JSON, or an event lacks an attribute.
 */
export async function readTraces(files: readonly string[]): Promise<TraceRecords> {
  const steps = new StepRecords();
  const requests = new RequestSpans();
  for (const file of files) {
    const reader = new TraceReader({
      event: (name, attributes, line) => {
        if (name === SNAPSHOT) steps.snapshot(attributes, file, line);
        else if (name === SUMMARY) steps.summary(attributes, file, line);
        else if (name >= 0) requests.event(name, attributes);
      },
      span: (span) => {
        steps.endSpan(span);
        requests.endSpan(span);
      },
    });
    await readInto(reader, file);
  }
  const { state, notes } = steps.state();
  const read = requests.read();
  const file = files.at(-1)!;
  return {
    ...((steps.count > 0 || read.requests === undefined) && {
      steps: { file, columns: steps.columns(), locate: locateRecord(file), ...(state && { state }) },
    }),
    ...(read.requests && { requests: read.requests }),
    ...(read.model !== undefined && { model: read.model }),
    notes: [...notes, ...read.notes],
  };
}

async function readInto(reader: TraceReader, file: string): Promise<void> {
  try {
    for await (const chunk of streamContent(file)) reader.tokens.push(chunk);
    reader.tokens.end();
  } catch (error) {
    if (!(error instanceof BrokenJson)) throw error;
    const place = { file, line: error.line };
    if (isProtobuf((await fileHead(file)).bytes)) {
      throw new UserError({
        code: 'data.otlp-protobuf',
        place,
        problem: 'not an OTLP export in JSON: it is OTLP in protobuf',
        mend: "Export the traces again with the format json (`format: json` of the collector's file exporter)",
      });
    }
    throw new UserError({
      code: 'data.not-otlp',
      place,
      problem: `not an OTLP export in JSON: ${error.message}`,
      mend: 'Give the traces as a collector writes them with the format json; a truncated last line can be removed',
    });
  }
}
