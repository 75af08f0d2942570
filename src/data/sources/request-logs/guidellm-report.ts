import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { maybeCount, maybeTime } from './fields.ts';

type Maybe<T> = T | null | undefined;

/** When a request did what, seconds since 1970. */
interface Timings {
  readonly targeted_start?: Maybe<number>;
  readonly request_start?: Maybe<number>;
  readonly resolve_start?: Maybe<number>;
  readonly first_token_iteration?: Maybe<number>;
  readonly last_token_iteration?: Maybe<number>;
  /** Before 0.5. */
  readonly first_iteration?: Maybe<number>;
  readonly last_iteration?: Maybe<number>;
  readonly request_end?: Maybe<number>;
  readonly resolve_end?: Maybe<number>;
}

export interface GuidellmRequest {
  readonly request_id?: Maybe<string>;
  readonly prompt_tokens?: Maybe<number>;
  readonly output_tokens?: Maybe<number>;
  readonly cached_tokens?: Maybe<number>;
  readonly output_metrics?: Maybe<{ readonly total_tokens?: Maybe<number>; readonly text_tokens?: Maybe<number> }>;
  readonly info?: Maybe<{ readonly timings?: Maybe<Timings> }>;
  /** Until 0.3, where all is flat; -1 is "not set". */
  readonly scheduler_info?: Maybe<{ readonly targeted_start_time?: Maybe<number> }>;
  readonly start_time?: Maybe<number>;
  readonly end_time?: Maybe<number>;
  readonly first_token_time?: Maybe<number>;
  readonly last_token_time?: Maybe<number>;
}

/** How many requests were sent, of which a report may have a sample. */
export interface RequestsMade {
  readonly total?: Maybe<number>;
  readonly successful?: Maybe<number>;
  readonly incomplete?: Maybe<number>;
  readonly errored?: Maybe<number>;
}

interface WithModel {
  readonly model?: Maybe<string>;
}

export interface GuidellmBenchmark {
  readonly start_time?: Maybe<number>;
  readonly end_time?: Maybe<number>;
  readonly requests: {
    readonly successful?: Maybe<readonly GuidellmRequest[]>;
    readonly incomplete?: Maybe<readonly GuidellmRequest[]>;
    readonly errored?: Maybe<readonly GuidellmRequest[]>;
  };
  readonly config?: Maybe<{ readonly backend?: Maybe<WithModel> }>;
  readonly worker?: Maybe<{ readonly backend_model?: Maybe<string> }>;
  readonly scheduler_metrics?: Maybe<{ readonly requests_made?: Maybe<RequestsMade> }>;
  readonly run_stats?: Maybe<{ readonly requests_made?: Maybe<RequestsMade> }>;
}

/** `args` in version 1 of the document, `config` in version 2. */
export interface GuidellmReport {
  readonly args?: Maybe<WithModel>;
  readonly config?: Maybe<{
    readonly backend?: Maybe<WithModel>;
    readonly spec?: Maybe<{ readonly backend?: Maybe<WithModel> }>;
  }>;
  readonly benchmarks: readonly GuidellmBenchmark[];
}

const text = z.string().nullish();
const model = z.object({ model: text }).nullish();
const timings = z.object({
  targeted_start: maybeTime,
  request_start: maybeTime,
  resolve_start: maybeTime,
  first_token_iteration: maybeTime,
  last_token_iteration: maybeTime,
  first_iteration: maybeTime,
  last_iteration: maybeTime,
  request_end: maybeTime,
  resolve_end: maybeTime,
});
const request = z.object({
  request_id: text,
  prompt_tokens: maybeCount,
  output_tokens: maybeCount,
  cached_tokens: maybeCount,
  output_metrics: z.object({ total_tokens: maybeCount, text_tokens: maybeCount }).nullish(),
  info: z.object({ timings: timings.nullish() }).nullish(),
  scheduler_info: z.object({ targeted_start_time: maybeTime }).nullish(),
  start_time: maybeTime,
  end_time: maybeTime,
  first_token_time: maybeTime,
  last_token_time: maybeTime,
});
const requests = z.array(request).nullish();
const made = z
  .object({
    requests_made: z
      .object({ total: maybeCount, successful: maybeCount, incomplete: maybeCount, errored: maybeCount })
      .nullish(),
  })
  .nullish();
const benchmark = z.object({
  start_time: maybeTime,
  end_time: maybeTime,
  requests: z.object({ successful: requests, incomplete: requests, errored: requests }),
  config: z.object({ backend: model }).nullish(),
  worker: z.object({ backend_model: text }).nullish(),
  scheduler_metrics: made,
  run_stats: made,
});

/** What is read of a report of GuideLLM, of any of its versions. */
export const GUIDELLM_REPORT: DocumentKind<GuidellmReport> = {
  schema: z.object({
    args: model,
    config: z.object({ backend: model, spec: z.object({ backend: model }).nullish() }).nullish(),
    benchmarks: z.array(benchmark),
  }),
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run',
};
