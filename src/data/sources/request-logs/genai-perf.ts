import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { readJsonDocument } from '../../files/json-file.ts';
import type { RunRecords, SourceFormat } from '../source.ts';
import { countedNote, hasKey, loggedRun, microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';
import { readStreamEvents, type StreamText } from './stream-text.ts';

const TEXT = z.looseObject({ response: z.string().nullish(), text_output: z.unknown().optional() });
const REQUEST = z.object({
  timestamp: z.number(),
  response_timestamps: z.array(z.number()).nullish(),
  response_outputs: z.array(TEXT.nullable()).nullish(),
  request_inputs: z.looseObject({ payload: z.string().nullish(), model: z.string().nullish() }).nullish(),
});
type Request = z.infer<typeof REQUEST>;
const DOCUMENT_SCHEMA = z.object({ experiments: z.array(z.object({ requests: z.array(REQUEST) })) });

const DOCUMENT: DocumentKind<z.infer<typeof DOCUMENT_SCHEMA>> = {
  schema: DOCUMENT_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run',
};

const NS = 1e-3;

/**
 * `profile_export.json` of genai-perf and Perf Analyzer: one run for each experiment in it, times in ns. It has texts, not tokens:
 * lengths are known where the server reported its usage in the stream.
 *
 * Source: triton-inference-server/perf_analyzer, `genai-perf`, `profile_data_parser`.
 */
export const genaiPerf: SourceFormat = {
  name: 'genai-perf',
  meaning: 'profile_export.json of genai-perf',
  recognises: ({ text }) =>
    /^\s*\{/.test(text) &&
    hasKey(text, 'experiments') &&
    (hasKey(text, 'response_timestamps') || hasKey(text, 'service_kind') || hasKey(text, 'requests')),
  read: async (path) => {
    const { experiments } = await readJsonDocument(path, DOCUMENT);
    return experiments.map(({ requests }, at): RunRecords => {
      const read = requests.map(readRequest);
      const model = read.find((one) => one.model !== undefined)?.model;
      const without = read.filter(({ row }) => row.promptTokens === undefined).length;
      return {
        ...loggedRun(
          path,
          { settings: {}, ...(model !== undefined && { model }) },
          { usual: ['profile_export'], at, runs: experiments.length },
        ),
        ...requestLog(
          path,
          read.map(({ row }) => row),
          countedNote(without, read.length, 'have no lengths: the server did not report its usage'),
        ),
      };
    });
  },
};

function readRequest(request: Request): { readonly row: LoggedRequest; readonly model: string | undefined } {
  const { timestamp, request_inputs: inputs } = request;
  const times = (request.response_timestamps ?? []).map((time) => time * NS);
  const texts = request.response_outputs?.map((output) => textOf(output)) ?? [];
  const { withToken, usage, failed } = readStreamEvents(texts);
  const events = times.filter((_, at) => texts.length === 0 || withToken[at] === true);
  const sentUs = microseconds(timestamp, NS);
  const answered = events.length > 0;
  return {
    model: inputs?.model ?? modelIn(inputs?.payload ?? ''),
    row: {
      arrivalUs: sentUs,
      sentUs,
      firstTokenUs: events[0],
      lastTokenUs: events.at(-1),
      departedUs: times.at(-1),
      promptTokens: usage?.prompt,
      cachedTokens: usage?.cached,
      outputTokens: usage?.completion,
      outcome: failed ? 'failed' : answered ? 'ok' : 'incomplete',
      events: answered ? events : undefined,
    },
  };
}

/** Text of a stream's event; Triton's own interface gives the answer's text itself. */
function textOf(output: z.infer<typeof TEXT> | null): StreamText {
  if (typeof output?.response === 'string') return { stream: output.response };
  return { answer: typeof output?.text_output === 'string' ? output.text_output : '' };
}

function modelIn(payload: string): string | undefined {
  return /"model"\s*:\s*"([^"\\]+)"/.exec(payload)?.[1];
}
