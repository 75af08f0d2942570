import { chunk, completion, DONE, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

const MAGISTRAL = [
  { type: 'thinking', thinking: [{ type: 'text', text: 'Phases overlap.' }], closed: true },
  { type: 'text', text: PROGRAM },
];

/**
 * Mistral. Shapes: docs.mistral.ai (chat, reasoning), spring-projects/spring-ai#5019 (content as parts),
 * editor-code-assistant/eca#231 (fields that it does not know; its errors wrap those of its validator).
 */
export const MISTRAL: readonly Row[] = [
  {
    dialect: 'Mistral',
    name: 'content as parts, thoughts first',
    answers: [
      {
        stream: events(
          chunk({ content: [MAGISTRAL[0]] }),
          chunk({ content: [MAGISTRAL[1]] }),
          chunk({ content: '' }, 'stop', { usage: used(44, 61) }),
          DONE,
        ),
        whole: completion({ content: MAGISTRAL, tool_calls: null }, 'stop', used(44, 61)),
      },
    ],
    gives: { text: PROGRAM, reasoning: 'Phases overlap.', tokens: [44, 61] },
  },
  {
    dialect: 'Mistral',
    name: 'a field that it does not know, told by its validator',
    answers: [
      {
        stream: {
          status: 422,
          body: {
            object: 'error',
            message: {
              detail: [
                {
                  type: 'extra_forbidden',
                  loc: ['body', 'stream_options'],
                  msg: 'Extra inputs are not permitted',
                  input: {},
                },
              ],
            },
            type: 'invalid_request_error',
            param: null,
            code: null,
          },
        },
        whole: OK.whole,
      },
      OK,
    ],
    gives: GIVES_OK,
    unsent: ['stream_options'],
  },
  {
    dialect: 'Mistral',
    name: 'the words of a validator, in a text in the error',
    temperature: 0.5,
    answers: [
      refuses(422, {
        object: 'error',
        message:
          '{"detail":[{"type":"extra_forbidden","loc":["body","temperature"],"msg":"Extra inputs are not permitted"}]}',
        type: 'internal_error_proxy',
        param: null,
        code: '1000',
      }),
      OK,
    ],
    gives: GIVES_OK,
    unsent: ['temperature'],
    adapts: [/no temperature/],
  },
  {
    dialect: 'Mistral',
    name: 'the context is full',
    answers: [plain('```js\nexp', used(44, 9), 'model_length')],
    gives: { text: '```js\nexp', end: 'cut', note: /limit/, tokens: [44, 9] },
  },
  {
    dialect: 'Mistral',
    name: 'the server gives up',
    answers: [plain('```js\nexp', used(44, 9), 'error')],
    gives: { fails: /gave the reply up \(error\)/, tokens: [44, 9] },
  },
  {
    dialect: 'Mistral',
    name: 'a wrong key, in words alone',
    answers: [refuses(401, { detail: 'Unauthorized' })],
    gives: { fails: /401 Unauthorized/, code: 'llm.wrong-key' },
  },
  {
    dialect: 'Mistral',
    name: 'thoughts in the text, in its own marks',
    answers: [plain(`[THINK]A draft.[/THINK]${PROGRAM}`, used(44, 61))],
    gives: { text: PROGRAM, reasoning: 'A draft.', tokens: [44, 61] },
  },
];
