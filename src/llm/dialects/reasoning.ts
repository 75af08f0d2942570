/** A text that is parted into what a model thought and what it answered. */
export interface Parted {
  readonly answer: string;
  readonly reasoning: string;
}

/**
 * Marks around thoughts in the text itself, as models write them where no server takes them out: DeepSeek-R1, Qwen and most
 * others; Seed-OSS; Magistral; `ollama run`.
 */
const MARKS: readonly (readonly [open: string, close: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<seed:think>', '</seed:think>'],
  ['[THINK]', '[/THINK]'],
  ['Thinking...\n', '\n...done thinking.\n'],
];
/** gpt-oss without a parser of its channels. */
const CHANNEL = /<\|channel\|>(\w+)[^<]*<\|message\|>/;
const CHANNEL_END = /<\|(?:end|return|start)\|>/;

/**
 * Takes thoughts out of a text. Those that nothing closes reach to the end, so that a draft never passes for an answer; a mark
 * that closes what nothing opened ends thoughts that began in the prompt (chat templates of DeepSeek-R1 and Qwen open them there).
 */
export function partReasoning(text: string): Parted {
  if (CHANNEL.test(text)) return partChannels(text);
  let rest = text;
  const thoughts: string[] = [];
  for (const [open, close] of MARKS) {
    const opened = indexOfMark(rest, open);
    const closed = rest.indexOf(close);
    if (closed >= 0 && (opened < 0 || closed < opened) && close.startsWith('<')) {
      thoughts.push(rest.slice(0, closed));
      rest = rest.slice(closed + close.length);
    }
    const answers: string[] = [];
    for (let start = indexOfMark(rest, open); start >= 0; start = indexOfMark(rest, open)) {
      answers.push(rest.slice(0, start));
      const end = rest.indexOf(close, start + open.length);
      thoughts.push(rest.slice(start + open.length, end < 0 ? undefined : end));
      rest = end < 0 ? '' : rest.slice(end + close.length);
    }
    rest = answers.join('') + rest;
  }
  const reasoning = thoughts.map((thought) => thought.trim()).filter((thought) => thought !== '');
  return { answer: thoughts.length > 0 ? rest.trimStart() : rest, reasoning: reasoning.join('\n\n') };
}

/** Where thoughts begin. A plain word does so at the start of the text only. */
function indexOfMark(text: string, open: string): number {
  if (!open.startsWith('Thinking')) return text.indexOf(open);
  return text.startsWith(open) ? 0 : -1;
}

function partChannels(text: string): Parted {
  const answer: string[] = [];
  const reasoning: string[] = [];
  let rest = text;
  for (let found = CHANNEL.exec(rest); found !== null; found = CHANNEL.exec(rest)) {
    rest = rest.slice(found.index + found[0].length);
    const end = CHANNEL_END.exec(rest)?.index ?? rest.length;
    (found[1] === 'final' ? answer : reasoning).push(rest.slice(0, end).trim());
    rest = rest.slice(end);
  }
  return { answer: answer.join('\n\n'), reasoning: reasoning.join('\n\n') };
}
