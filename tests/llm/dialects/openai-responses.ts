import { named, PROGRAM, type Row } from './row.ts';

const response = (
  status: string,
  output: readonly unknown[],
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  id: 'resp_1',
  object: 'response',
  status,
  error: null,
  incomplete_details: null,
  output,
  usage: {
    input_tokens: 328,
    input_tokens_details: { cached_tokens: 256 },
    output_tokens: 152,
    output_tokens_details: { reasoning_tokens: 128 },
    total_tokens: 480,
  },
  ...more,
});

const REASONING = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'I compare phases.' }] };

const MESSAGE = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: PROGRAM, annotations: [] }],
};

const started = {
  type: 'response.created',
  response: { object: 'response', status: 'in_progress', output: [], usage: null },
};

const summary = { type: 'response.reasoning_summary_text.delta', delta: 'I compare phases.' };

const text = { type: 'response.output_text.delta', delta: PROGRAM };

/** OpenAI's Responses. Shapes: developers.openai.com/api/reference/resources/responses and its streaming events. */
export const OPENAI_RESPONSES: readonly Row[] = [
  {
    dialect: 'Responses',
    name: 'a summary of thoughts is no answer, and thoughts are counted',
    base: '/v1/responses',
    answers: [
      {
        stream: named(started, summary, text, {
          type: 'response.completed',
          response: response('completed', [REASONING, MESSAGE]),
        } as { type: string }),
        whole: { body: response('completed', [REASONING, MESSAGE]) },
      },
    ],
    gives: { text: PROGRAM, reasoning: 'I compare phases.', tokens: [328, 152, 256, 128] },
    path: '/v1/responses',
    sent: { store: false },
  },
  {
    dialect: 'Responses',
    name: 'a stream that gives the text at its end alone',
    base: '/v1/responses?tenant=a',
    answers: [
      {
        stream: named(started, { type: 'response.completed', response: response('completed', [MESSAGE]) } as {
          type: string;
        }),
        whole: { body: response('completed', [MESSAGE]) },
      },
    ],
    gives: { text: PROGRAM, tokens: [328, 152, 256, 128] },
    path: '/v1/responses?tenant=a',
  },
  {
    dialect: 'Responses',
    name: 'cut at the limit',
    base: '/v1/responses',
    answers: [
      {
        stream: named(started, text, {
          type: 'response.incomplete',
          response: response('incomplete', [MESSAGE], { incomplete_details: { reason: 'max_output_tokens' } }),
        } as { type: string }),
        whole: { body: response('incomplete', [MESSAGE], { incomplete_details: { reason: 'max_output_tokens' } }) },
      },
    ],
    gives: { text: PROGRAM, end: 'cut', note: /limit of 500/, tokens: [328, 152, 256, 128] },
  },
  {
    dialect: 'Responses',
    name: 'a refusal',
    base: '/v1/responses',
    answers: [
      {
        stream: named(
          { type: 'response.refusal.delta', delta: 'I will not.' } as { type: string },
          { type: 'response.completed', response: response('completed', []) } as { type: string },
        ),
        whole: {
          body: response('completed', [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }]),
        },
      },
    ],
    gives: { text: 'I will not.', end: 'refused', tokens: [328, 152, 256, 128] },
  },
  {
    dialect: 'Responses',
    name: 'a failed response keeps its words',
    base: '/v1/responses',
    answers: [
      {
        stream: named(started, {
          type: 'response.failed',
          response: response('failed', [], {
            error: { code: 'server_error', message: 'The model failed to generate a response.' },
          }),
        } as { type: string }),
        whole: {
          body: response('failed', [], {
            error: { code: 'server_error', message: 'The model failed to generate a response.' },
          }),
        },
      },
    ],
    gives: { fails: /The model failed to generate a response/ },
  },
  {
    dialect: 'Responses',
    name: 'an error event',
    base: '/v1/responses',
    answers: [
      {
        stream: named(started, {
          type: 'error',
          code: 'rate_limit_exceeded',
          message: 'Rate limit reached for gpt-5.',
          param: null,
        } as { type: string }),
        whole: {
          status: 429,
          body: { error: { code: 'rate_limit_exceeded', message: 'Rate limit reached for gpt-5.' } },
        },
      },
    ],
    gives: { fails: /Rate limit reached for gpt-5/ },
  },
];
