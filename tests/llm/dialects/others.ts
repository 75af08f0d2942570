import { both, chat, chunk, completion, DONE, events, plain, PROGRAM, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

/**
 * Other servers that speak Chat Completions: DeepSeek (api-docs.deepseek.com), xAI (Wei-Shaw/sub2api#5771), Alibaba
 * (infiniflow/ragflow#5912), MiniMax (MiniMax-AI/MiniMax-M2.5#18), Groq (console.groq.com/docs).
 */
export const OTHERS: readonly Row[] = [
  {
    dialect: 'DeepSeek',
    name: 'hits of the cache at the top; comments while it queues',
    answers: [
      {
        stream: events(
          ': keep-alive\n\n',
          chunk({ content: null, reasoning_content: 'Hm.' }),
          chunk({ content: PROGRAM, reasoning_content: null }),
          chunk({ content: '' }, 'stop', {
            usage: {
              prompt_tokens: 90,
              completion_tokens: 40,
              total_tokens: 130,
              prompt_cache_hit_tokens: 64,
              completion_tokens_details: { reasoning_tokens: 25 },
            },
          }),
          DONE,
        ),
        whole: completion({ content: PROGRAM, reasoning_content: 'Hm.' }, 'stop', {
          prompt_tokens: 90,
          completion_tokens: 40,
          total_tokens: 130,
          prompt_cache_hit_tokens: 64,
          completion_tokens_details: { reasoning_tokens: 25 },
        }),
      },
    ],
    gives: { text: PROGRAM, reasoning: 'Hm.', tokens: [90, 40, 64, 25] },
  },
  {
    dialect: 'DeepSeek',
    name: 'too little of the system',
    answers: [plain('```js', used(90, 2), 'insufficient_system_resource')],
    gives: { fails: /insufficient_system_resource/, tokens: [90, 2] },
  },
  {
    dialect: 'xAI',
    name: 'thoughts beside the output',
    answers: [
      chat([{ content: PROGRAM }], { content: PROGRAM }, 'stop', {
        prompt_tokens: 10_120,
        completion_tokens: 1499,
        total_tokens: 14_428,
        prompt_tokens_details: { cached_tokens: 128 },
        completion_tokens_details: { reasoning_tokens: 2809 },
      }),
    ],
    gives: { text: PROGRAM, tokens: [10_120, 4308, 128, 2809] },
  },
  {
    dialect: 'Alibaba',
    name: 'a model that streams alone',
    answers: [
      {
        stream: OK.stream,
        whole: {
          status: 400,
          body: {
            error: {
              code: 'invalid_parameter_error',
              param: null,
              message: 'This model only support stream mode, please enable the stream parameter to access the model. ',
              type: 'invalid_request_error',
            },
            request_id: '7ed765de',
          },
        },
      },
      { stream: OK.stream, whole: OK.stream },
    ],
    gives: GIVES_OK,
  },
  {
    dialect: 'MiniMax',
    name: 'a wrong key under a status of success',
    answers: [both({ body: { base_resp: { status_code: 2049, status_msg: 'invalid api key' } } })],
    gives: { fails: /invalid api key/, code: 'llm.wrong-key' },
  },
  {
    dialect: 'Groq',
    name: 'usage in a field of its own',
    answers: [
      {
        stream: events(
          chunk({ content: PROGRAM }),
          chunk({}, 'stop', {
            x_groq: { id: 'req_1', usage: { prompt_tokens: 12, completion_tokens: 11, total_tokens: 23 } },
          }),
          DONE,
        ),
        whole: completion({ content: PROGRAM }, 'stop', used(12, 11)),
      },
    ],
    gives: { text: PROGRAM, tokens: [12, 11] },
  },
];
