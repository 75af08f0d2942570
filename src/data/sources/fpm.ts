import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, type Place, UserError, withFile } from '../../base/index.ts';
import { STEP_COLUMNS } from '../../physics/index.ts';
import { READ_COLUMNS } from '../steps/column-names.ts';
import { readLines } from '../files/lines.ts';
import { checkLine } from '../files/json-file.ts';
import type { RunRecords, SourceFormat } from './source.ts';

const count = z.number().int().nonnegative();
const PASS_SCHEMA = z.object({
  worker_id: z.union([z.string(), z.number()]).nullish(),
  dp_rank: z.number().int().nullish(),
  counter_id: count.nullish(),
  wall_time: z.number().nonnegative(),
  scheduled_requests: z.object({
    num_prefill_requests: count,
    sum_prefill_tokens: count,
    sum_prefill_kv_tokens: count,
    num_decode_requests: count,
    sum_decode_kv_tokens: count,
  }),
  queued_requests: z.object({ num_prefill_requests: count, num_decode_requests: count }).nullish(),
});
const RECORD_SCHEMA = z.object({
  source: z
    .object({ namespace: z.string().nullish(), component: z.string().nullish(), producer_id: z.string().nullish() })
    .nullish(),
  capture_mode: z.string().nullish(),
  fpm: PASS_SCHEMA,
});
type Pass = z.infer<typeof PASS_SCHEMA>;

const LINE: DocumentKind<z.infer<typeof RECORD_SCHEMA>> = {
  schema: z.preprocess(unwrapped, RECORD_SCHEMA),
  code: 'data.wrong-forward-pass',
  mend: 'Copy the file again from the run, or remove the line',
};

/** A record may stand in an envelope, and a pass without a record. */
function unwrapped(line: unknown): unknown {
  if (typeof line !== 'object' || line === null) return line;
  if ('event' in line) return line.event;
  return 'scheduled_requests' in line ? { fpm: line } : line;
}

const US = 1e6;

/**
 * Traces of forward passes as NVIDIA Dynamo's workers write them for vLLM, SGLang and TensorRT-LLM: JSON lines, mostly gzipped,
 * in files `<prefix>.<producer>.<index>.jsonl.gz` of which all of one producer are read together. Tokens and contexts are sums
 * over the requests of a batch, the contexts as they were before it; a decoding request computes one token. Each worker and rank
 * counts its own passes, heartbeats of an idle one among them.
 *
 * Source: ai-dynamo/dynamo, "Forward Pass Metrics Trace Reference" (schema `dynamo.fpm.trace.v1`).
 */
export const fpm: SourceFormat = {
  name: 'fpm',
  meaning: 'traces of forward-pass metrics, JSON lines',
  recognises: ({ text }) =>
    /^\s*\{[^\n]*"scheduled_requests":\s*\{[^\n]*"sum_prefill_kv_tokens":/.test(text) &&
    /^[^\n]*"wall_time":/.test(text.trimStart()),
  read: async (path) => {
    const segments = segmentsOf(path);
    // Those of a trace are read with the first.
    return segments[0] === path ? [await readTrace(segments)] : [];
  },
};

/** The files of a trace that was rotated, in order; one file alone otherwise. */
function segmentsOf(path: string): readonly string[] {
  const found = /^(.*)\.(\d{6})(\.jsonl(?:\.gz)?)$/.exec(basename(path));
  const folder = dirname(path);
  if (found === null || !existsSync(folder)) return [path];
  const [, stem, , ending] = found;
  return withFile(folder, () => readdirSync(folder))
    .filter(
      (name) =>
        name.startsWith(`${stem}.`) &&
        name.endsWith(ending!) &&
        /^\d{6}$/.test(name.slice(stem!.length + 1, -ending!.length)),
    )
    .sort()
    .map((name) => (name === basename(path) ? path : join(folder, name)));
}

async function readTrace(files: readonly string[]): Promise<RunRecords> {
  const first = files[0]!;
  const passes: { readonly pass: Pass; readonly engine: string; readonly place: Place }[] = [];
  let idle = 0;
  let sampled = false;
  for (const file of files) {
    for await (const { text, number } of readLines(file)) {
      if (text.trim() === '') continue;
      const { fpm: pass, source, capture_mode: mode } = checkLine(text, file, number, LINE);
      sampled ||= mode === 'sampled';
      const { num_prefill_requests: prefill, num_decode_requests: decode } = pass.scheduled_requests;
      if (prefill + decode === 0) idle++;
      else {
        const labels = [source?.namespace, source?.component, source?.producer_id, pass.worker_id, pass.dp_rank];
        passes.push({ pass, engine: JSON.stringify(labels), place: { file, line: number } });
      }
    }
  }
  if (passes.length === 0) {
    throw new UserError({
      code: 'data.no-steps',
      place: { file: first },
      problem: 'no pass in it has requests',
      mend: 'Trace while requests are served',
    });
  }
  const engines = [...new Set(passes.map(({ engine }) => engine))];
  const column = (of: (pass: Pass) => number): number[] => passes.map(({ pass }) => of(pass));
  const hasQueue = passes.every(
    ({ pass }) => typeof pass.queued_requests === 'object' && pass.queued_requests !== null,
  );
  const hasIds = passes.every(({ pass }) => typeof pass.counter_id === 'number');
  return {
    id: basename(first).replace(/(\.\d{6})?\.jsonl(\.gz)?$/, ''),
    place: first,
    settings: {},
    steps: {
      file: first,
      columns: new Map([
        ...(hasIds ? [[STEP_COLUMNS.stepId, column((pass) => pass.counter_id!)] as const] : []),
        [STEP_COLUMNS.durationUs, column((pass) => US * pass.wall_time)],
        [STEP_COLUMNS.prefillRequests, column((pass) => pass.scheduled_requests.num_prefill_requests)],
        [STEP_COLUMNS.prefillTokens, column((pass) => pass.scheduled_requests.sum_prefill_tokens)],
        [STEP_COLUMNS.decodeRequests, column((pass) => pass.scheduled_requests.num_decode_requests)],
        [STEP_COLUMNS.decodeTokens, column((pass) => pass.scheduled_requests.num_decode_requests)],
        [READ_COLUMNS.kvTokens, column((pass) => contextOf(pass))],
        ...(hasQueue ? [[STEP_COLUMNS.waitingDepth, column((pass) => queueOf(pass))] as const] : []),
        ...(engines.length > 1 ? [['engine', passes.map(({ engine }) => engines.indexOf(engine))] as const] : []),
      ]),
      locate: (row, name) => ({ ...passes[row]!.place, at: `column \`${name}\`` }),
    },
    notes: [
      'durations: wall time from the schedule of a batch to the update with its result; what the engine does between batches is not in it',
      ...(sampled ? ['the trace was sampled: of each rank the last pass of an interval'] : []),
      ...(idle > 0 ? [`${idle} heartbeats without requests are left out`] : []),
      'decode tokens are taken as one a request: speculative tokens are not traced',
    ],
  };
}

function contextOf({ scheduled_requests: scheduled }: Pass): number {
  return scheduled.sum_prefill_kv_tokens + scheduled.sum_decode_kv_tokens;
}

function queueOf({ queued_requests: queued }: Pass): number {
  return (queued?.num_prefill_requests ?? 0) + (queued?.num_decode_requests ?? 0);
}
