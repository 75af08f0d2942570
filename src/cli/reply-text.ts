import type { StoredReply } from '../app/index.ts';

/** What a terminal would follow, but for line ends and tabs. */
const CONTROL = /(?![\n\t])\p{Cc}/gu;

/** A stored reply for the terminal: how it ended, what the model thought, what it answered. */
export function replyText({ call, model, outcome, attempts, note, reasoning, text, ...tokens }: StoredReply): string {
  const { inputTokens, outputTokens } = tokens;
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return [
    `call ${call}, ${model}: ${outcome}, ${tries}, ${inputTokens} input and ${outputTokens} output tokens`,
    ...(note === undefined ? [] : [note]),
    ...(reasoning === undefined ? [] : ['', 'Thoughts:', '', reasoning.trim()]),
    '',
    'Reply:',
    '',
    text.trim() === '' ? '(empty)' : text.trim(),
  ]
    .join('\n')
    .replaceAll(CONTROL, '');
}
