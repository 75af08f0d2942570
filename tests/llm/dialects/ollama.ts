import { chat, chunk, completion, DONE, events, PROGRAM, refuses, type Row, used } from './row.ts';

/** Ollama. Shapes: docs.ollama.com/api/openai-compatibility, ollama/ollama#4357 (empty reasons), QwenLM/Qwen-Agent#789 (`reasoning`). */
export const OLLAMA: readonly Row[] = [
  {
    dialect: 'Ollama',
    name: 'thoughts in `reasoning`',
    answers: [
      chat([{ content: '', reasoning: 'Hm.' }, { content: PROGRAM }], { content: PROGRAM, reasoning: 'Hm.' }, 'stop', {
        prompt_tokens: 33,
        completion_tokens: 44,
        total_tokens: 77,
      }),
    ],
    gives: { text: PROGRAM, reasoning: 'Hm.', tokens: [33, 44] },
  },
  {
    dialect: 'Ollama',
    name: 'empty reasons until the end',
    answers: [
      {
        stream: events(
          chunk({ content: '```js\n' }, ''),
          chunk({ content: PROGRAM.slice(6) }, ''),
          chunk({ content: '' }, 'stop'),
          { choices: [], usage: used(9, 8) },
          DONE,
        ),
        whole: completion({ content: PROGRAM }, 'stop', used(9, 8)),
      },
    ],
    gives: { text: PROGRAM, tokens: [9, 8] },
  },
  {
    dialect: 'Ollama',
    name: 'all of the limit went into thoughts',
    answers: [chat([{ content: '', reasoning: 'Hm.' }], { content: '', reasoning: 'Hm.' }, 'length', used(33, 500))],
    gives: {
      text: '',
      reasoning: 'Hm.',
      end: 'cut',
      note: /limit of 500 output tokens, all of it used up by reasoning/,
      tokens: [33, 500],
    },
  },
  {
    dialect: 'Ollama',
    name: 'a model that is not pulled',
    answers: [
      refuses(404, {
        error: { message: 'model "m" not found, try pulling it first', type: 'api_error', param: null, code: null },
      }),
    ],
    gives: { fails: /try pulling it first/, code: 'llm.unknown-model' },
  },
  {
    dialect: 'Ollama',
    name: 'a runner that died',
    answers: [
      refuses(500, {
        error: {
          message: 'llama runner process has terminated: signal: killed',
          type: 'api_error',
          param: null,
          code: null,
        },
      }),
    ],
    gives: { fails: /llama runner process has terminated/ },
  },
  {
    dialect: 'Ollama',
    name: 'no counts at all',
    answers: [chat([{ content: PROGRAM }], { content: PROGRAM }, 'stop', undefined)],
    gives: { text: PROGRAM, tokens: 'estimated' },
  },
];
