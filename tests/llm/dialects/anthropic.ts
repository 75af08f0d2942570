import { named, PROGRAM, refuses, type Row, type Served } from './row.ts';

const EVENTS = (...events: readonly Readonly<Record<string, unknown>>[]): Served =>
  named(...(events as unknown as readonly { readonly type: string }[]));

const START = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    usage: { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 2048, output_tokens: 1 },
  },
};
const block = (index: number, content_block: unknown): Readonly<Record<string, unknown>> => ({
  type: 'content_block_start',
  index,
  content_block,
});
const delta = (index: number, change: unknown): Readonly<Record<string, unknown>> => ({
  type: 'content_block_delta',
  index,
  delta: change,
});
const end = (
  stop_reason: string | null,
  usage: unknown = { output_tokens: 15 },
): readonly Readonly<Record<string, unknown>>[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage },
  { type: 'message_stop' },
];
const USAGE = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 2048, output_tokens: 15 };
const message = (content: readonly unknown[], stop_reason: string | null, usage: unknown = USAGE): Served => ({
  body: { id: 'msg_1', type: 'message', role: 'assistant', content, stop_reason, stop_sequence: null, usage },
});
const TEXT = { type: 'text', text: PROGRAM };
const failure = (type: string, words: string): unknown => ({
  type: 'error',
  error: { type, message: words },
  request_id: 'req_1',
});

const OK = {
  stream: EVENTS(
    START,
    block(0, { type: 'text', text: '' }),
    { type: 'ping' },
    delta(0, { type: 'text_delta', text: PROGRAM }),
    { type: 'content_block_stop', index: 0 },
    ...end('end_turn'),
  ),
  whole: message([TEXT], 'end_turn'),
};
const GIVES_OK = { text: PROGRAM, tokens: [2073, 15, 2048] } as const;
const A = { dialect: 'Anthropic', provider: 'anthropic', base: '' } as const;

/**
 * Anthropic's Messages. Shapes: docs.claude.com (messages, streaming, errors), Portkey-AI/gateway#350; an error within a stream as in
 * karthink/gptel#1512; refusals of a temperature as in MartialBE/one-hub#529; counts at the end alone as in envoyproxy/ai-gateway#2239.
 */
export const ANTHROPIC: readonly Row[] = [
  {
    ...A,
    name: 'a plain reply, of a prompt that is cached',
    answers: [OK],
    gives: GIVES_OK,
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
  },
  {
    ...A,
    name: 'an address that has the version',
    base: '/anthropic/v1/',
    answers: [OK],
    gives: GIVES_OK,
    path: '/anthropic/v1/messages',
  },
  {
    ...A,
    name: 'thoughts are no answer, and are within the output',
    answers: [
      {
        stream: EVENTS(
          START,
          block(0, { type: 'thinking', thinking: '', signature: '' }),
          delta(0, { type: 'thinking_delta', thinking: 'Two phases. ```js\ndraft\n```' }),
          delta(0, { type: 'signature_delta', signature: 'EqQB' }),
          block(1, { type: 'text', text: '' }),
          delta(1, { type: 'text_delta', text: PROGRAM }),
          ...end('end_turn', { output_tokens: 900, output_tokens_details: { thinking_tokens: 850 } }),
        ),
        whole: message(
          [{ type: 'thinking', thinking: 'Two phases. ```js\ndraft\n```', signature: 'EqQB' }, TEXT],
          'end_turn',
          { ...USAGE, output_tokens: 900, output_tokens_details: { thinking_tokens: 850 } },
        ),
      },
    ],
    gives: { text: PROGRAM, reasoning: 'Two phases. ```js\ndraft\n```', tokens: [2073, 900, 2048, 850] },
  },
  {
    ...A,
    name: 'thoughts that are not shown',
    answers: [
      {
        stream: EVENTS(
          START,
          block(0, { type: 'redacted_thinking', data: 'EmwKAhgB' }),
          block(1, { type: 'text', text: '' }),
          delta(1, { type: 'text_delta', text: PROGRAM }),
          ...end('end_turn'),
        ),
        whole: message([{ type: 'redacted_thinking', data: 'EmwKAhgB' }, TEXT], 'end_turn'),
      },
    ],
    gives: GIVES_OK,
  },
  {
    ...A,
    name: 'cut at the limit',
    answers: [
      {
        stream: EVENTS(START, delta(0, { type: 'text_delta', text: '```js\nexport' }), ...end('max_tokens')),
        whole: message([{ type: 'text', text: '```js\nexport' }], 'max_tokens'),
      },
    ],
    gives: { text: '```js\nexport', end: 'cut', note: /limit of 500/, tokens: [2073, 15, 2048] },
  },
  {
    ...A,
    name: 'a refusal',
    answers: [{ stream: EVENTS(START, ...end('refusal')), whole: message([], 'refusal') }],
    gives: { text: '', end: 'refused', tokens: [2073, 15, 2048] },
  },
  {
    ...A,
    name: 'a tool call is read as the answer',
    answers: [
      {
        stream: EVENTS(
          START,
          block(0, { type: 'tool_use', id: 't', name: 'submit', input: {} }),
          delta(0, { type: 'input_json_delta', partial_json: '{"source":' }),
          delta(0, { type: 'input_json_delta', partial_json: '"x"}' }),
          ...end('tool_use'),
        ),
        whole: message([{ type: 'tool_use', id: 't', name: 'submit', input: { source: 'x' } }], 'tool_use'),
      },
    ],
    gives: { text: '\n{"source":"x"}', tokens: [2073, 15, 2048] },
  },
  {
    ...A,
    name: 'a temperature is refused',
    temperature: 0.7,
    answers: [
      refuses(
        400,
        failure(
          'invalid_request_error',
          '`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.',
        ),
      ),
      OK,
    ],
    gives: GIVES_OK,
    unsent: ['temperature'],
    adapts: [/no temperature/],
  },
  {
    ...A,
    name: 'a compatible server that knows no marks for caching',
    answers: [
      refuses(422, {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'system', 0, 'cache_control'],
            msg: 'Extra inputs are not permitted',
          },
        ],
      }),
      OK,
    ],
    gives: GIVES_OK,
    sent: { system: 'You write programs.' },
    adapts: [/caching/],
  },
  {
    ...A,
    name: 'overloaded in the middle of a stream, under a status of success',
    answers: [
      {
        stream: EVENTS(
          START,
          delta(0, { type: 'text_delta', text: 'Sure' }),
          failure('overloaded_error', 'Overloaded') as Readonly<Record<string, unknown>>,
        ),
        whole: { status: 529, body: failure('overloaded_error', 'Overloaded') },
      },
    ],
    gives: { fails: /529 Overloaded/ },
  },
  {
    ...A,
    name: 'a wrong key',
    answers: [refuses(401, failure('authentication_error', 'invalid x-api-key'))],
    gives: { fails: /invalid x-api-key/, code: 'llm.wrong-key' },
  },
  {
    ...A,
    name: 'a prompt that is too long',
    answers: [refuses(413, failure('request_too_large', 'Request exceeds the maximum size'))],
    gives: { fails: /exceeds the maximum size/, code: 'llm.long-prompt' },
  },
  {
    ...A,
    name: 'a server that counts the input at the end alone',
    answers: [
      {
        stream: EVENTS(
          { ...START, message: { ...START.message, usage: { input_tokens: 0, output_tokens: 0 } } },
          delta(0, { type: 'text_delta', text: PROGRAM }),
          ...end('end_turn', { input_tokens: 40, output_tokens: 15 }),
        ),
        whole: message([TEXT], 'end_turn', { input_tokens: 40, output_tokens: 15 }),
      },
    ],
    gives: { text: PROGRAM, tokens: [40, 15] },
  },
];
