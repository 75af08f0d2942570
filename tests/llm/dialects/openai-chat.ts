import { both, chat, chunk, completion, DONE, events, plain, PROGRAM, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

/** OpenAI's Chat Completions. Shapes: developers.openai.com/api/reference (chat, streaming, errors). */
export const OPENAI_CHAT: readonly Row[] = [
  { dialect: 'OpenAI', name: 'a plain reply', answers: [OK], gives: GIVES_OK, path: '/v1/chat/completions' },
  {
    dialect: 'OpenAI',
    name: 'reasoning tokens are within the output, cached ones within the input',
    answers: [plain(PROGRAM, used(1200, 900, 832, 1024))],
    gives: { text: PROGRAM, tokens: [1200, 900, 1024, 832] },
  },
  {
    dialect: 'OpenAI',
    name: 'a refusal in a field of its own',
    answers: [
      chat(
        [{ refusal: 'I cannot help ' }, { refusal: 'with that.' }],
        { content: null, refusal: 'I cannot help with that.' },
        'stop',
        used(80, 12),
      ),
    ],
    gives: { text: 'I cannot help with that.', end: 'refused', tokens: [80, 12] },
  },
  {
    dialect: 'OpenAI',
    name: 'cut by the limit while it was reasoning',
    answers: [chat([], { content: '' }, 'length', used(80, 500, 500))],
    gives: {
      text: '',
      end: 'cut',
      note: /limit of 500 output tokens, all of it used up by reasoning/,
      tokens: [80, 500, 0, 500],
    },
  },
  {
    dialect: 'OpenAI',
    name: 'a tool call is read as the answer',
    answers: [
      chat(
        [
          { tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'submit', arguments: '' } }] },
          { tool_calls: [{ index: 0, function: { arguments: '{"source":' } }] },
          { tool_calls: [{ index: 0, function: { arguments: '"x"}' } }] },
        ],
        {
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'submit', arguments: '{"source":"x"}' } }],
        },
        'tool_calls',
        used(50, 20),
      ),
    ],
    gives: { text: '\n{"source":"x"}', tokens: [50, 20] },
  },
  {
    dialect: 'OpenAI',
    name: 'an address that names the endpoint, with slashes behind it',
    base: '/v1/chat/completions//',
    answers: [OK],
    gives: GIVES_OK,
    path: '/v1/chat/completions',
  },
  {
    dialect: 'OpenAI',
    name: 'one document where a stream was asked for, and the reverse',
    answers: [
      {
        stream: completion({ content: PROGRAM }, 'stop', used(7, 6)),
        whole: events(chunk({ content: PROGRAM }, 'stop'), { choices: [], usage: used(7, 6) }, DONE),
      },
    ],
    gives: { text: PROGRAM, tokens: [7, 6] },
  },
  {
    dialect: 'OpenAI',
    name: 'a login page in place of an answer',
    answers: [
      both({
        body: '<html><head><title>Sign in to the network</title></head></html>',
        headers: { 'content-type': 'text/html' },
      }),
    ],
    gives: { fails: /Sign in to the network/ },
  },
];
