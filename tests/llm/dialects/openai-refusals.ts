import { both, chunk, events, named, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const invalid = (message: string, param: string | null, code: string | null): unknown => ({
  error: { message, type: 'invalid_request_error', param, code },
});
const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

/**
 * What OpenAI's Chat Completions refuse, as reported in anomalyco/opencode#37964, just-every/code#331, chathub-dev/chathub#1294,
 * aaif-goose/goose#2564, caozhiyuan/copilot-api#102 and #164.
 */
export const OPENAI_REFUSALS: readonly Row[] = [
  {
    dialect: 'OpenAI',
    name: 'max_tokens is not supported',
    answers: [
      refuses(
        400,
        invalid(
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          'max_tokens',
          'unsupported_parameter',
        ),
      ),
      OK,
    ],
    gives: GIVES_OK,
    sent: { max_completion_tokens: 500 },
    unsent: ['max_tokens'],
    adapts: [/max_completion_tokens in place of max_tokens/],
  },
  {
    dialect: 'OpenAI',
    name: 'limit, temperature and system role are refused one after another',
    temperature: 0.3,
    answers: [
      refuses(400, {
        error: {
          message:
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          code: 'invalid_request_body',
        },
      }),
      refuses(
        400,
        invalid(
          "Unsupported value: 'temperature' does not support 0.3 with this model. Only the default (1) value is supported.",
          'temperature',
          'unsupported_value',
        ),
      ),
      refuses(
        400,
        invalid(
          "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
          'messages[0].role',
          'unsupported_value',
        ),
      ),
      OK,
    ],
    gives: GIVES_OK,
    sent: { messages: [{ role: 'user', content: 'You write programs.\n\nWrite one.' }] },
    unsent: ['temperature', 'max_tokens'],
    adapts: [/max_completion_tokens/, /no temperature/, /before the prompt/],
  },
  {
    dialect: 'OpenAI',
    name: 'a temperature out of range is the user’s to mend',
    temperature: 3,
    answers: [
      refuses(
        400,
        invalid(
          "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
          'temperature',
          'decimal_above_max_value',
        ),
      ),
    ],
    gives: { fails: /decimal above maximum value/, code: 'llm.wrong-request' },
  },
  {
    dialect: 'OpenAI',
    name: 'a limit above the model’s is the user’s to mend',
    answers: [
      refuses(
        400,
        invalid(
          'max_tokens is too large: 500. This model supports at most 400 completion tokens, whereas you provided 500.',
          'max_tokens',
          'invalid_value',
        ),
      ),
    ],
    gives: { fails: /supports at most 400 completion tokens/, code: 'llm.no-room' },
  },
  {
    dialect: 'OpenAI',
    name: 'an organisation that may not stream',
    answers: [
      {
        stream: {
          status: 400,
          body: invalid(
            'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
            'stream',
            'unsupported_value',
          ),
        },
        whole: OK.whole,
      },
      OK,
    ],
    gives: GIVES_OK,
    unsent: ['stream', 'stream_options'],
  },
  {
    dialect: 'OpenAI',
    name: 'a model of Responses alone',
    answers: [
      refuses(
        404,
        invalid('This model is only supported in v1/responses and not in v1/chat/completions.', 'model', null),
      ),
      {
        stream: named(
          { type: 'response.output_text.delta', delta: PROGRAM } as { type: string },
          {
            type: 'response.completed',
            response: {
              object: 'response',
              status: 'completed',
              output: [],
              usage: { input_tokens: 9, output_tokens: 8 },
            },
          } as { type: string },
        ),
        whole: {
          body: {
            object: 'response',
            status: 'completed',
            error: null,
            output: [{ type: 'message', content: [{ type: 'output_text', text: PROGRAM }] }],
            usage: { input_tokens: 9, output_tokens: 8 },
          },
        },
      },
    ],
    gives: { text: PROGRAM, tokens: [9, 8] },
    path: '/v1/responses',
    sent: { max_output_tokens: 500, instructions: 'You write programs.', input: 'Write one.' },
    adapts: [/at \/responses/],
  },
  {
    dialect: 'OpenAI',
    name: 'an account without credit',
    answers: [
      refuses(429, {
        error: {
          message: 'You exceeded your current quota, please check your plan and billing details.',
          type: 'insufficient_quota',
          param: null,
          code: 'insufficient_quota',
        },
      }),
    ],
    gives: { fails: /exceeded your current quota/, code: 'llm.no-credit' },
  },
  {
    dialect: 'OpenAI',
    name: 'a server error in the middle of a stream, under a status of success',
    answers: [
      {
        stream: events(chunk({ content: 'Sure' }), {
          error: {
            message: 'The server had an error while processing your request.',
            type: 'server_error',
            param: null,
            code: null,
          },
        }),
        whole: {
          status: 500,
          body: { error: { message: 'The server had an error while processing your request.', type: 'server_error' } },
        },
      },
    ],
    gives: { fails: /The server had an error while processing/ },
  },
  {
    dialect: 'OpenAI',
    name: 'a gateway that is down, with a page',
    answers: [
      both({ status: 502, body: '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>' }),
    ],
    gives: { fails: /502 Bad Gateway/ },
  },
  {
    dialect: 'OpenAI',
    name: 'an address that moved',
    answers: [both({ status: 308, headers: { location: 'https://elsewhere.example/v1/chat/completions' }, body: '' })],
    gives: { fails: /points to https:\/\/elsewhere\.example/, code: 'llm.wrong-request' },
  },
];
