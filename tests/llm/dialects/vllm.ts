import { both, chat, chunk, DONE, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

const DRAFT = 'First a draft:\n```js\nwrong\n```\n';

/**
 * vLLM. Shapes: docs.vllm.ai (OpenAI-compatible server, reasoning outputs), vllm-project/vllm#29408 (thoughts in two fields), #13125
 * (thoughts that the prompt opens), #6862 and suitenumerique/conversations#197 (templates without a system role), NousResearch/hermes-agent#68451.
 */
export const VLLM: readonly Row[] = [
  {
    dialect: 'vLLM',
    name: 'thoughts in two fields count once',
    answers: [
      chat(
        [
          { reasoning: 'Hm.', reasoning_content: 'Hm.' },
          { content: PROGRAM, reasoning_content: null },
        ],
        { content: PROGRAM, reasoning_content: 'Hm.', reasoning: 'Hm.', tool_calls: [] },
        'stop',
        used(33, 44),
      ),
    ],
    gives: { text: PROGRAM, reasoning: 'Hm.', tokens: [33, 44] },
  },
  {
    dialect: 'vLLM',
    name: 'thoughts in the text, without a parser',
    answers: [plain(`<think>\n${DRAFT}</think>\n\n${PROGRAM}`, used(33, 44))],
    gives: { text: PROGRAM, reasoning: DRAFT.trim(), tokens: [33, 44] },
  },
  {
    dialect: 'vLLM',
    name: 'thoughts that the prompt opened',
    answers: [plain(`${DRAFT}</think>\n\n${PROGRAM}`, used(33, 44))],
    gives: { text: PROGRAM, reasoning: DRAFT.trim(), tokens: [33, 44] },
  },
  {
    dialect: 'vLLM',
    name: 'thoughts that nothing closes are no answer',
    answers: [plain(`<think>\n${DRAFT}`, used(33, 500), 'length')],
    gives: { text: '', end: 'cut', reasoning: DRAFT.trim(), note: /used up by reasoning/, tokens: [33, 500] },
  },
  {
    dialect: 'vLLM',
    name: 'gpt-oss with its channels in the text',
    answers: [
      plain(
        `<|channel|>analysis<|message|>${DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>${PROGRAM}<|return|>`,
        used(33, 44),
      ),
    ],
    gives: { text: PROGRAM, reasoning: DRAFT.trim(), tokens: [33, 44] },
  },
  {
    dialect: 'vLLM',
    name: 'a template without a system role',
    answers: [
      refuses(400, {
        object: 'error',
        message: 'System role not supported',
        type: 'BadRequestError',
        param: null,
        code: 400,
      }),
      OK,
    ],
    gives: GIVES_OK,
    adapts: [/before the prompt/],
  },
  {
    dialect: 'vLLM',
    name: 'a template of alternating roles',
    answers: [
      refuses(400, {
        error: {
          message: 'Conversation roles must alternate user/assistant/user/assistant/...',
          type: 'BadRequestError',
          param: null,
          code: 400,
        },
      }),
      OK,
    ],
    gives: GIVES_OK,
    adapts: [/before the prompt/],
  },
  {
    dialect: 'vLLM',
    name: 'no room for the reply',
    answers: [
      refuses(400, {
        object: 'error',
        message:
          "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum context length is 512 tokens and your request has 300 input tokens (500 > 512 - 300). None",
        type: 'BadRequestError',
        param: null,
        code: 400,
      }),
    ],
    gives: { fails: /maximum context length is 512/, code: 'llm.no-room' },
  },
  {
    dialect: 'vLLM',
    name: 'an error in a stream, by other names',
    answers: [
      both(
        events({
          error_type: 'context_length_exceeded',
          error_message: "This model's maximum context length is 512 tokens.",
        }),
      ),
    ],
    gives: { fails: /maximum context length is 512/, code: 'llm.no-room' },
  },
  {
    dialect: 'vLLM',
    name: 'a model that is not served',
    answers: [
      refuses(404, {
        object: 'error',
        message: 'The model `m` does not exist.',
        type: 'NotFoundError',
        param: null,
        code: 404,
      }),
    ],
    gives: { fails: /does not exist/, code: 'llm.unknown-model' },
  },
  {
    dialect: 'vLLM',
    name: 'usage in every chunk',
    answers: [
      {
        stream: events(
          chunk({ content: '```js\n' }, null, { usage: used(120, 2) }),
          chunk({ content: PROGRAM.slice(6) }, null, { usage: used(120, 29) }),
          chunk({}, 'stop', { usage: used(120, 30) }),
          DONE,
        ),
        whole: OK.whole,
      },
    ],
    gives: GIVES_OK,
  },
  {
    dialect: 'vLLM',
    name: 'a call that is aborted',
    answers: [plain('```js', used(33, 2), 'abort')],
    gives: { fails: /gave the reply up \(abort\)/, tokens: [33, 2] },
  },
];
