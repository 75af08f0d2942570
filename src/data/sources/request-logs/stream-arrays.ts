import { z } from 'zod';
import { type Place, UserError } from '../../../base/index.ts';
import { microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';

type Seconds = readonly (number | null)[];

/** What vLLM's and SGLang's clients write of each request, an array each: tokens and seconds. The second descends from the first. */
export interface StreamArrays {
  readonly input_lens: readonly number[];
  readonly output_lens?: readonly number[] | null | undefined;
  readonly ttfts: Seconds;
  readonly itls?: readonly Seconds[] | null | undefined;
  readonly errors?: readonly (string | null)[] | null | undefined;
}

const count = z.number().int().nonnegative();
const second = z.number().nullable();

export const STREAM_ARRAYS: { readonly [K in keyof StreamArrays]-?: z.ZodType<StreamArrays[K]> } = {
  input_lens: z.array(count),
  output_lens: z.array(count).nullish(),
  ttfts: z.array(second),
  itls: z.array(z.array(second)).nullish(),
  errors: z.array(z.string().nullable()).nullish(),
};

/** @throws UserError where arrays of a run are of different lengths; their rows could not be told apart. */
export function checkLengths(arrays: Readonly<Record<string, unknown>>, place: Place): void {
  const [[first, rows] = ['', 0], ...others] = Object.entries(arrays).flatMap(([name, array]) =>
    Array.isArray(array) ? [[name, array.length] as const] : [],
  );
  for (const [name, length] of others) {
    if (length === rows) continue;
    throw new UserError({
      code: 'data.uneven-request-arrays',
      place: { ...place, at: name },
      problem: `has ${length} entries, but ${first} has ${rows}`,
      mend: 'Copy the file again from the run',
    });
  }
}

/** @throws UserError that tells how to get per-request arrays. */
export function refuseSummary(place: Place, tool: string, option: string): never {
  throw new UserError({
    code: 'data.summary-only',
    place,
    problem: 'it holds figures of the whole run alone, none of its requests',
    mend: `Let ${tool} write the details of each request (its option ${option}) and run it again`,
  });
}

/**
 * One request of the arrays. Its first token came `ttfts` after it was sent and each further stream event `itls` after the one
 * before; a failed one may have some of them.
 *
 * @param sentUs when it was sent; undefined where that is not known.
 */
export function streamedRequest(arrays: StreamArrays, at: number, sentUs: number | undefined): LoggedRequest {
  const output = arrays.output_lens?.[at];
  const ttftUs = microseconds(arrays.ttfts[at]);
  const failed = Boolean(arrays.errors?.[at]) || (output === 0 && !ttftUs);
  const start = sentUs ?? 0;
  const first = ttftUs === undefined || ttftUs === 0 ? undefined : start + ttftUs;
  const events = first === undefined ? undefined : eventTimes(first, arrays.itls?.[at]);
  return {
    arrivalUs: sentUs ?? Number.NaN,
    sentUs: start,
    firstTokenUs: first,
    lastTokenUs: events?.at(-1),
    promptTokens: arrays.input_lens[at],
    // A failed request is logged with no output, however far it came.
    outputTokens: failed && output === 0 ? undefined : output,
    outcome: failed ? 'failed' : 'ok',
    events,
  };
}

function eventTimes(first: number, gaps: Seconds | null | undefined): readonly number[] | undefined {
  if (gaps === null || gaps === undefined) return undefined;
  const times = [first];
  for (const gap of gaps) {
    if (gap === null) return undefined;
    times.push(times.at(-1)! + 1e6 * gap);
  }
  return times;
}
