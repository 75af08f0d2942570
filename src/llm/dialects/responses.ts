import type { TokenUsage } from '../types.ts';
import { toCount } from '../usage.ts';
import { at, firstText, listOf, textOf } from '../wire/json.ts';
import type { Dialect } from './dialect.ts';
import type { Draft } from './draft.ts';
import { addContent, thoughtsOf } from './parts.ts';

/**
 * OpenAI's Responses, which some of its models have alone. Texts of a stream are taken piece by piece; what its last event repeats
 * as a whole is read where no piece came.
 */
export const RESPONSES: Dialect = {
  endpoint: '/responses',
  has: ['temperature', 'stream'],
  body: ({ model, system, prompt, parameters: { maxOutputTokens, temperature } }, shape) => ({
    model,
    instructions: system,
    input: prompt,
    max_output_tokens: maxOutputTokens,
    store: false,
    ...(temperature !== undefined && shape.temperature && { temperature }),
    ...(shape.stream && { stream: true }),
  }),
  read: (draft, { event, value }) => {
    const type = firstText(at(value, 'type'), event);
    const piece = textOf(at(value, 'delta'));
    if (Object.hasOwn(PIECES, type)) {
      draft.hasBegun = true;
      PIECES[type]?.(draft, piece);
    }
    const response = at(value, 'object') === 'response' ? value : at(value, 'response');
    if (response !== undefined) readResponse(draft, response);
  },
};

const PIECES: Readonly<Record<string, (draft: Draft, piece: string) => void>> = {
  'response.output_text.delta': (draft, piece) => draft.text.add(piece),
  'response.refusal.delta': (draft, piece) => draft.refusal.add(piece),
  'response.reasoning_summary_text.delta': (draft, piece) => draft.reasoning.add(piece),
  'response.reasoning_text.delta': (draft, piece) => draft.reasoning.add(piece),
  'response.function_call_arguments.delta': (draft, piece) => draft.calls.add(piece),
};

/** States of a response that is not over. */
const GOING_ON: ReadonlySet<string> = new Set(['', 'queued', 'in_progress']);

function readResponse(draft: Draft, response: unknown): void {
  const status = textOf(at(response, 'status'));
  draft.usage = responsesUsage(at(response, 'usage')) ?? draft.usage;
  if (GOING_ON.has(status) && at(response, 'output', 0) === undefined) return;
  draft.hasBegun = true;
  draft.isDone = true;
  draft.finish = firstText(at(response, 'incomplete_details', 'reason'), status);
  const whole = [draft.text, draft.reasoning, draft.refusal, draft.calls].every((text) => String(text) === '');
  if (!whole) return;
  for (const item of listOf(at(response, 'output'))) {
    const type = textOf(at(item, 'type'));
    if (type === 'message') addContent(draft, at(item, 'content'));
    else if (type === 'reasoning') draft.reasoning.add(thoughtsOf(item));
    else if (type.endsWith('_call')) draft.calls.add(`\n${firstText(at(item, 'arguments'), at(item, 'input'))}`);
  }
}

function responsesUsage(usage: unknown): TokenUsage | undefined {
  const inputTokens = toCount(at(usage, 'input_tokens'));
  const outputTokens = toCount(at(usage, 'output_tokens'));
  const reasoningTokens = toCount(at(usage, 'output_tokens_details', 'reasoning_tokens'));
  if (inputTokens + outputTokens === 0) return undefined;
  return {
    inputTokens,
    cacheReadTokens: toCount(at(usage, 'input_tokens_details', 'cached_tokens')),
    cacheWriteTokens: 0,
    outputTokens,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    estimated: false,
  };
}
