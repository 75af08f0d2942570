import { at, firstText, listOf, textOf } from '../wire/json.ts';
import type { Draft } from './draft.ts';

/** Kinds of parts that hold thoughts: Mistral, Anthropic, OpenAI's Responses, gateways. */
const THOUGHTS: ReadonlySet<string> = new Set([
  'thinking',
  'reasoning',
  'summary_text',
  'reasoning_text',
  'redacted_thinking',
]);

/**
 * Adds the content of a message to a draft: a text, nothing, or a list of parts. Parts of other kinds (pictures, references) hold
 * no program.
 */
export function addContent(draft: Draft, content: unknown): void {
  if (typeof content === 'string') draft.text.add(content);
  for (const part of listOf(content)) {
    const type = textOf(at(part, 'type'));
    if (THOUGHTS.has(type)) draft.reasoning.add(thoughtsOf(part));
    else if (type === 'refusal') draft.refusal.add(textOf(at(part, 'refusal')));
    else if (typeof part === 'string') draft.text.add(part);
    else draft.text.add(firstText(at(part, 'text'), at(part, 'text', 'value')));
  }
}

/** The thoughts of a part: a text, or parts of its own. */
export function thoughtsOf(part: unknown): string {
  if (typeof part === 'string') return part;
  if (Array.isArray(part)) return part.map(thoughtsOf).join('');
  for (const key of ['thinking', 'text', 'summary', 'content']) {
    const inner = at(part, key);
    if (inner === undefined || inner === null) continue;
    const thoughts = thoughtsOf(inner);
    if (thoughts !== '') return thoughts;
  }
  return '';
}
