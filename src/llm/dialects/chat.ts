import type { TokenUsage } from '../types.ts';
import { toCount } from '../usage.ts';
import { at, firstText, listOf, textOf } from '../wire/json.ts';
import type { Dialect } from './dialect.ts';
import type { Draft } from './draft.ts';
import { addContent, thoughtsOf } from './parts.ts';

/**
 * Chat Completions, as OpenAI has it and Azure, Gemini, Mistral, OpenRouter, vLLM, SGLang, Ollama and LM Studio follow it. A chunk of
 * a stream and a whole completion are read alike: they differ in `delta` and `message` alone.
 */
export const CHAT: Dialect = {
  endpoint: '/chat/completions',
  has: ['api', 'limit', 'temperature', 'systemRole', 'streamUsage', 'stream'],
  body: ({ model, system, prompt, parameters: { maxOutputTokens, temperature } }, shape) => ({
    model,
    [shape.limit]: maxOutputTokens,
    ...(temperature !== undefined && shape.temperature && { temperature }),
    messages: shape.systemRole
      ? [
          { role: 'system', content: system },
          { role: 'user', content: prompt },
        ]
      : [{ role: 'user', content: `${system}\n\n${prompt}` }],
    ...(shape.stream && { stream: true }),
    ...(shape.stream && shape.streamUsage && { stream_options: { include_usage: true } }),
  }),
  read: (draft, { value, raw }) => {
    if (raw.trim() === '[DONE]') draft.isDone = true;
    const counted = chatUsage(at(value, 'usage') ?? at(value, 'x_groq', 'usage'));
    if (counted !== undefined) draft.usage = counted;
    const choice = listOf(at(value, 'choices')).find((each) => (at(each, 'index') ?? 0) === 0);
    if (choice === undefined) return;
    draft.hasBegun = true;
    draft.finish = firstText(at(choice, 'finish_reason'), draft.finish);
    readMessage(draft, at(choice, 'delta') ?? at(choice, 'message') ?? { content: at(choice, 'text') });
  },
};

function readMessage(draft: Draft, message: unknown): void {
  addContent(draft, at(message, 'content'));
  // DeepSeek, vLLM and SGLang call it reasoning_content; Ollama, OpenRouter and newer vLLM reasoning; some send both alike.
  const thoughts = [at(message, 'reasoning_content'), at(message, 'reasoning'), at(message, 'reasoning_details')];
  draft.reasoning.add(thoughts.map((each) => (each ? thoughtsOf(each) : '')).find((text) => text !== '') ?? '');
  draft.refusal.add(textOf(at(message, 'refusal')));
  for (const call of [...listOf(at(message, 'tool_calls')), { function: at(message, 'function_call') }]) {
    const given = at(call, 'function', 'arguments');
    // Of a stream the name marks where a new call begins.
    if (textOf(at(call, 'function', 'name')) !== '') draft.calls.add('\n');
    draft.calls.add(typeof given === 'object' && given !== null ? JSON.stringify(given) : textOf(given));
  }
}

/**
 * Tokens as the server counts them, thoughts included. OpenAI counts these within `completion_tokens`; xAI and Gemini beside it, so
 * that only `total_tokens` has them (docs.x.ai, "consumption and rate limits"). Undefined where nothing is counted: some servers
 * send zeros before the end of a stream.
 */
function chatUsage(usage: unknown): TokenUsage | undefined {
  const count = (...path: readonly string[]): number => toCount(at(usage, ...path));
  const inputTokens = count('prompt_tokens');
  const written = count('completion_tokens');
  const reasoningTokens = count('completion_tokens_details', 'reasoning_tokens') || count('reasoning_tokens');
  const total = count('total_tokens');
  const beside = reasoningTokens > written ? written + reasoningTokens : written;
  const outputTokens = total > 0 ? Math.max(written, total - inputTokens) : beside;
  if (inputTokens + outputTokens === 0) return undefined;
  return {
    inputTokens,
    // DeepSeek counts hits at the top.
    cacheReadTokens: count('prompt_tokens_details', 'cached_tokens') || count('prompt_cache_hit_tokens'),
    cacheWriteTokens: count('prompt_tokens_details', 'cache_write_tokens'),
    outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    estimated: false,
  };
}
