import { both, chat, completion, DONE, events, PROGRAM, type Row, type Served } from './row.ts';

const silent = (text: string): Served =>
  events(
    ...[...(text.match(/[^]{1,12}/g) ?? [])].map((content) => ({
      id: '1',
      object: 'chat.completion.chunk',
      choices: [
        {
          index: 0,
          delta: { role: null, content, reasoning_content: null, tool_calls: null },
          logprobs: null,
          finish_reason: null,
          matched_stop: null,
        },
      ],
      usage: null,
    })),
    DONE,
  );

/** SGLang. Shapes: docs.sglang.ai (OpenAI APIs, reasoning parser), sgl-project/sglang#4550 (no reason for the end), #2956 (errors of the scheduler). */
export const SGLANG: readonly Row[] = [
  {
    dialect: 'SGLang',
    name: 'an end mark without a reason keeps the reply',
    answers: [
      { stream: silent(PROGRAM), whole: completion({ content: PROGRAM, reasoning_content: null }, null, undefined) },
    ],
    gives: { text: PROGRAM, tokens: 'estimated' },
  },
  {
    dialect: 'SGLang',
    name: 'an end without any mark is a reply that was cut',
    answers: [
      {
        stream: { ...silent(PROGRAM), body: String(silent(PROGRAM).body).replace(DONE, '') },
        whole: { body: { choices: [{ index: 0, message: { content: PROGRAM }, finish_reason: 'length' }] } },
      },
    ],
    gives: { text: PROGRAM, end: 'cut', note: /./, tokens: 'estimated' },
  },
  {
    dialect: 'SGLang',
    name: 'an error of the scheduler in a stream',
    answers: [
      both(
        events(
          {
            error: {
              object: 'error',
              message: 'The input (9000 tokens) is longer than the model’s context length (8192 tokens).',
              type: 'BadRequestError',
              param: null,
              code: 400,
            },
          },
          DONE,
        ),
      ),
    ],
    gives: { fails: /9000 tokens/, code: 'llm.no-room' },
  },
  {
    dialect: 'SGLang',
    name: 'thoughts apart',
    answers: [
      chat(
        [{ reasoning_content: 'Hm.' }, { content: PROGRAM }],
        { content: PROGRAM, reasoning_content: 'Hm.', matched_stop: 151_645 },
        'stop',
        {
          prompt_tokens: 33,
          total_tokens: 77,
          completion_tokens: 44,
          prompt_tokens_details: null,
          reasoning_tokens: 12,
        },
      ),
    ],
    gives: { text: PROGRAM, reasoning: 'Hm.', tokens: [33, 44, 0, 12] },
  },
];
