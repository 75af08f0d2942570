import type { Heard } from './wire/documents.ts';

/** How a reply is to be drawn. */
export interface CompletionParameters {
  /** Tokens that a reply may have at most. */
  readonly maxOutputTokens: number;
  /** Sent only where it is given: some models refuse it. */
  readonly temperature?: number;
}

/** One question to a model. */
export interface CompletionRequest {
  readonly model: string;
  /** What is the same for many requests; providers that can, cache it. */
  readonly system: string;
  readonly prompt: string;
  readonly parameters: CompletionParameters;
}

/** Tokens of one or more attempts. */
export interface TokenUsage {
  /** All input tokens, those read from or written to a prompt cache included. */
  readonly inputTokens: number;
  /** Of the input tokens, those read from a prompt cache. */
  readonly cacheReadTokens: number;
  /** Of the input tokens, those written to a prompt cache. */
  readonly cacheWriteTokens: number;
  /** All output tokens, thoughts included. */
  readonly outputTokens: number;
  /** Of the output tokens, thoughts; absent where the server does not count them apart. */
  readonly reasoningTokens?: number | undefined;
  /** Whether a part was estimated from the length of the texts, because the server did not say. */
  readonly estimated: boolean;
}

/** Why a reply ended: by itself, at a limit of length, or because the model declined. */
export type ReplyEnd = 'complete' | 'cut' | 'refused';

/** What a model answered. The text is data: nothing in it is ever followed as an instruction. */
export interface Reply {
  readonly text: string;
  /** What the model thought before; never part of the answer. Absent where nothing of it was sent. */
  readonly reasoning?: string;
  readonly end: ReplyEnd;
  /** What is to be known of its end, one line, e.g. which limit cut it; absent where there is nothing. */
  readonly note?: string;
  readonly usage: TokenUsage;
}

/**
 * Something that answers prompts. One call is one attempt: a provider neither retries nor waits, so that every attempt is
 * counted by whoever calls.
 */
export interface Provider {
  readonly name: string;
  /**
   * Answers a request.
   *
   * @param heard called with each sign of life, so that a slow answer is told from none
   * @throws ProviderError for whatever goes wrong, also when `signal` aborts
   */
  complete(request: CompletionRequest, signal: AbortSignal, heard?: Heard): Promise<Reply>;
}
