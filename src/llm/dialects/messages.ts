import { NO_USAGE, toCount } from '../usage.ts';
import { at, firstText, listOf, textOf } from '../wire/json.ts';
import type { Dialect } from './dialect.ts';
import type { Draft } from './draft.ts';
import { addContent } from './parts.ts';

/** Anthropic's Messages. The system text is marked as worth caching. */
export const MESSAGES: Dialect = {
  endpoint: '/v1/messages',
  has: ['temperature', 'stream', 'cache'],
  body: ({ model, system, prompt, parameters: { maxOutputTokens, temperature } }, shape) => ({
    model,
    max_tokens: maxOutputTokens,
    ...(temperature !== undefined && shape.temperature && { temperature }),
    system: shape.cache ? [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }] : system,
    messages: [{ role: 'user', content: prompt }],
    ...(shape.stream && { stream: true }),
  }),
  read: (draft, { event, value }) => {
    const type = firstText(at(value, 'type'), event);
    if (Object.hasOwn(READERS, type)) READERS[type]?.(draft, value);
  },
};

const READERS: Readonly<Record<string, (draft: Draft, value: unknown) => void>> = {
  message: (draft, value) => {
    draft.hasBegun = true;
    draft.isDone = true;
    count(draft, at(value, 'usage'));
    addContent(draft, at(value, 'content'));
    for (const block of listOf(at(value, 'content'))) {
      if (at(block, 'type') === 'tool_use') draft.calls.add(`\n${JSON.stringify(at(block, 'input') ?? {})}`);
    }
    draft.finish = textOf(at(value, 'stop_reason'));
  },
  message_start: (draft, value) => {
    draft.hasBegun = true;
    count(draft, at(value, 'message', 'usage'));
  },
  content_block_start: (draft, value) => {
    if (at(value, 'content_block', 'type') === 'tool_use') draft.calls.add('\n');
    else addContent(draft, [at(value, 'content_block')]);
  },
  content_block_delta: (draft, value) => {
    draft.text.add(textOf(at(value, 'delta', 'text')));
    draft.reasoning.add(textOf(at(value, 'delta', 'thinking')));
    draft.calls.add(textOf(at(value, 'delta', 'partial_json')));
  },
  message_delta: (draft, value) => {
    draft.finish = firstText(at(value, 'delta', 'stop_reason'), draft.finish);
    count(draft, at(value, 'usage'));
  },
  message_stop: (draft) => {
    draft.isDone = true;
  },
};

/**
 * Takes over counts, each of which is of the whole message so far. Input is counted at the start, and by some compatible servers at
 * the end alone; Anthropic counts what is read from and written to the cache apart.
 */
function count(draft: Draft, usage: unknown): void {
  if (usage === undefined || usage === null) return;
  const before = draft.usage ?? NO_USAGE;
  const cacheReadTokens = toCount(at(usage, 'cache_read_input_tokens')) || before.cacheReadTokens;
  const cacheWriteTokens = toCount(at(usage, 'cache_creation_input_tokens')) || before.cacheWriteTokens;
  const plainBefore = before.inputTokens - before.cacheReadTokens - before.cacheWriteTokens;
  const plain = toCount(at(usage, 'input_tokens')) || plainBefore;
  const reasoningTokens = toCount(at(usage, 'output_tokens_details', 'thinking_tokens'));
  draft.usage = {
    inputTokens: plain + cacheReadTokens + cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: toCount(at(usage, 'output_tokens')) || before.outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    estimated: false,
  };
}
