import type { ModelParameter } from './formulas.ts';

/** How the code around the extraction spells what it reads; all are Go expressions that are cheap to repeat. */
export interface GoAccessor {
  /** int64: the request's context length, e.g. `r.ProgressIndex`. */
  readonly progressIndex: string;
  /** Any integer: the tokens that the step computes for it, e.g. `r.NumNewTokens`. */
  readonly newTokens: string;
  /** int64: the request's prompt length, e.g. `int64(len(r.InputTokens))` or `r.InputLen()`. */
  readonly inputLength: string;
  /** bool: whether the request has output, e.g. `len(r.OutputTokens) > 0`. */
  readonly hasOutput: string;
  /** int64: KV block size in tokens. */
  readonly blockSize: string;
  /** float64: a parameter of the model, e.g. `m.HiddenSize`. */
  readonly parameter: (name: ModelParameter) => string;
}
