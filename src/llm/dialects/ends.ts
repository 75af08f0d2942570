import type { ReplyEnd } from '../types.ts';

/** How a reply came to its end; `broken` where the server gave it up. */
export type WireEnd = ReplyEnd | 'broken';

/**
 * Reasons for an end that are not the usual one, in lower case: OpenAI, Azure, Anthropic, Gemini and Vertex, Mistral, DeepSeek,
 * Zhipu, SGLang, vLLM, OpenRouter. Whatever else a server says (`stop`, `eos`, `end_turn`, `tool_calls`, nothing at all) means
 * that the model ended by itself.
 */
const ENDS: Readonly<Record<string, WireEnd>> = {
  length: 'cut',
  max_tokens: 'cut',
  max_output_tokens: 'cut',
  model_length: 'cut',
  model_context_window_exceeded: 'cut',
  incomplete: 'cut',
  content_filter: 'refused',
  refusal: 'refused',
  safety: 'refused',
  recitation: 'refused',
  prohibited_content: 'refused',
  blocklist: 'refused',
  spii: 'refused',
  sensitive: 'refused',
  error: 'broken',
  failed: 'broken',
  cancelled: 'broken',
  abort: 'broken',
  network_error: 'broken',
  insufficient_system_resource: 'broken',
};

/** What a reason means. */
export function endOf(reason: string): WireEnd {
  const name = reason.toLowerCase();
  return Object.hasOwn(ENDS, name) ? (ENDS[name] as WireEnd) : 'complete';
}
