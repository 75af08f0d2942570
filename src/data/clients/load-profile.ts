import type { LatencyFigures } from './latency-figures.ts';

/** Some time of a load test at one rate. */
export interface LoadStage {
  /** Requests sent in a second. */
  readonly rate: number;
  /** s. */
  readonly durationS: number;
}

/**
 * What a load generator was told to send: prompts of a system prompt, which a group shares, and a question; each prompt is sent
 * again in its turn, so that the prefix cache serves all but the first time.
 *
 * Source: the `shared_prefix` data and the `load` section of inference-perf.
 */
export interface LoadProfile {
  /** As many requests as the rate makes of a stage's time, at random times in it; or a Poisson process, whose number varies too. */
  readonly arrivals: 'constant' | 'poisson';
  /** One after another. */
  readonly stages: readonly LoadStage[];
  /** System prompts. */
  readonly groups: number;
  readonly promptsPerGroup: number;
  /** Tokens that each of its groups shares. */
  readonly systemPromptTokens: number;
  /** Tokens of a whole prompt, as the server counts them. */
  readonly promptTokens: number;
  /** Tokens asked for in each answer. */
  readonly outputTokens: number;
}

/** What a load generator reported. */
export interface LoadReports {
  readonly overall: ClientReport;
  /** One for each stage of the load. */
  readonly stages: readonly ClientReport[];
}

/** What it reported of a stage, or of a whole run. */
export interface ClientReport {
  /** Requests that were answered. */
  readonly completed: number;
  readonly failed: number;
  /** Time to the first token. */
  readonly ttftMs: LatencyFigures;
  /** Mean time between a request's tokens. */
  readonly itlMs: LatencyFigures;
  /** Time to the last token. */
  readonly e2eMs: LatencyFigures;
}
