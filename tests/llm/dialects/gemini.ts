import { both, chat, chunk, completion, DONE, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

const google = (code: number, message: string, status: string): unknown => [{ error: { code, message, status } }];

/**
 * Gemini's OpenAI-compatible API. Shapes: ai.google.dev/gemini-api/docs/openai; usage as in mozilla-ai/any-llm#1290 and
 * router-for-me/CLIProxyAPI#5733 (thoughts in the total alone); errors in a list as in microsoft/vscode#258088.
 */
export const GEMINI: readonly Row[] = [
  {
    dialect: 'Gemini',
    name: 'thoughts are in the total of the tokens alone',
    base: '/v1beta/openai/',
    answers: [
      {
        stream: events(
          chunk({ role: 'assistant', content: PROGRAM }, 'stop', {
            usage: { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 },
          }),
          DONE,
        ),
        whole: completion({ content: PROGRAM }, 'stop', {
          prompt_tokens: 20,
          completion_tokens: 198,
          total_tokens: 623,
        }),
      },
    ],
    gives: { text: PROGRAM, tokens: [20, 603] },
    path: '/v1beta/openai/chat/completions',
  },
  {
    dialect: 'Gemini',
    name: 'thoughts are within a zero',
    base: '/v1beta/openai/',
    answers: [
      chat([], { content: null }, 'length', {
        prompt_tokens: 21,
        completion_tokens: 0,
        total_tokens: 81,
        completion_tokens_details: { reasoning_tokens: 60 },
      }),
    ],
    gives: { text: '', end: 'cut', note: /used up by reasoning/, tokens: [21, 60, 0, 60] },
  },
  {
    dialect: 'Gemini',
    name: 'a model without a system role, in a list of errors',
    base: '/v1beta/openai',
    answers: [
      refuses(400, google(400, 'Developer instruction is not enabled for models/gemma-3-27b-it', 'INVALID_ARGUMENT')),
      OK,
    ],
    gives: GIVES_OK,
    adapts: [/before the prompt/],
  },
  {
    dialect: 'Gemini',
    name: 'a wrong key',
    answers: [refuses(400, google(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT'))],
    gives: { fails: /API key not valid/, code: 'llm.wrong-request' },
  },
  {
    dialect: 'Gemini',
    name: 'a rate limit',
    answers: [
      refuses(429, google(429, 'You exceeded your current quota.', 'RESOURCE_EXHAUSTED'), { 'retry-after': '1' }),
    ],
    gives: { fails: /429 You exceeded your current quota/ },
  },
  {
    dialect: 'Gemini',
    name: 'an answer without choices',
    answers: [
      both({
        body: {
          object: 'chat.completion',
          choices: [],
          usage: { prompt_tokens: 30, completion_tokens: 0, total_tokens: 30 },
        },
      }),
    ],
    gives: { fails: /an answer without a reply/, tokens: [30, 0] },
  },
  {
    dialect: 'Gemini',
    name: 'a safety filter',
    answers: [plain('', used(30, 0), 'SAFETY')],
    gives: { text: '', end: 'refused', tokens: [30, 0] },
  },
];
