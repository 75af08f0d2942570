/** The requests that an engine is to serve, as columns of equal length. */
export interface ServingRequests {
  /** µs, ascending. */
  readonly arrivalUs: Float64Array;
  readonly promptTokens: Float64Array;
  /** Tokens to generate, at least 1. */
  readonly outputTokens: Float64Array;
  /** Prompt tokens that are in the prefix cache when the request is first scheduled; none by default. */
  readonly cachedTokens?: Float64Array;
  /** Which common beginning each prompt has; none by default. */
  readonly prefixes?: Prefixes;
}

/** Beginnings that prompts share. */
export interface Prefixes {
  /** The beginning of each request's prompt, from 0. */
  readonly of: Int32Array;
  /** Length of each beginning, tokens; whole blocks of it are shared. */
  readonly tokens: Float64Array;
}
