import type { CompletionRequest, TokenUsage } from './types.ts';

/** Characters in a token, for servers that do not count; English and code have three to five. */
const CHARACTERS_PER_TOKEN = 3.5;

export const NO_USAGE: TokenUsage = Object.freeze({
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  estimated: false,
});

/** Adds the tokens of two attempts. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  const reasoningTokens = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    estimated: a.estimated || b.estimated,
  };
}

/** Tokens of a text, estimated from its length. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Tokens of an exchange whose server did not count them. */
export function estimateUsage({ system, prompt }: CompletionRequest, text: string): TokenUsage {
  return {
    ...NO_USAGE,
    inputTokens: estimateTokens(system) + estimateTokens(prompt),
    outputTokens: estimateTokens(text),
    estimated: true,
  };
}

/** A count of tokens as a server states it; some leave it out. */
export function toCount(value: unknown): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0;
}
