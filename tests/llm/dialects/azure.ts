import { chunk, DONE, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

const AZURE_BASE = '/openai/deployments/mine?api-version=2024-10-21';

/**
 * Azure OpenAI. Shapes: learn.microsoft.com (chat completions, content filtering), xenodium/chatgpt-shell#155 (first chunk without
 * choices), openai/openai-python#1724 and #1469 (arguments that older versions do not know), compl-ai/compl-ai#20 (filtered prompt).
 */
export const AZURE: readonly Row[] = [
  {
    dialect: 'Azure',
    name: 'a deployment with the version in the query',
    base: AZURE_BASE,
    answers: [OK],
    gives: GIVES_OK,
    path: '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
    headers: { 'api-key': 'KEY', authorization: undefined },
  },
  {
    dialect: 'Azure',
    name: 'a whole address',
    base: '/openai/deployments/mine/chat/completions/?api-version=2024-10-21',
    answers: [OK],
    gives: GIVES_OK,
    path: '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
  },
  {
    dialect: 'Azure',
    name: 'a first chunk with results of filters and no choices',
    base: AZURE_BASE,
    answers: [
      {
        stream: events(
          {
            id: '',
            object: '',
            created: 0,
            model: '',
            prompt_filter_results: [
              { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: 'safe' } } },
            ],
            choices: [],
            usage: null,
          },
          chunk({ content: PROGRAM }),
          chunk({}, 'stop'),
          { choices: [], usage: used(120, 30) },
          DONE,
        ),
        whole: OK.whole,
      },
    ],
    gives: GIVES_OK,
  },
  {
    dialect: 'Azure',
    name: 'an older version without stream_options',
    base: AZURE_BASE,
    answers: [
      {
        stream: {
          status: 400,
          body: {
            error: {
              message: 'Unrecognized request argument supplied: stream_options',
              type: 'invalid_request_error',
              param: null,
              code: null,
            },
          },
        },
        whole: OK.whole,
      },
      {
        stream: events(chunk({ content: PROGRAM }), chunk({}, 'stop'), { choices: [], usage: used(120, 30) }, DONE),
        whole: OK.whole,
      },
    ],
    gives: GIVES_OK,
    unsent: ['stream_options'],
  },
  {
    dialect: 'Azure',
    name: 'a prompt that a filter stops is a refusal',
    base: AZURE_BASE,
    answers: [
      refuses(400, {
        error: {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      }),
    ],
    gives: {
      text: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      end: 'refused',
      tokens: [0, 0],
    },
  },
  {
    dialect: 'Azure',
    name: 'a reply that a filter stops',
    base: AZURE_BASE,
    answers: [plain('```js\nexp', used(90, 4), 'content_filter')],
    gives: { text: '```js\nexp', end: 'refused', tokens: [90, 4] },
  },
  {
    dialect: 'Azure',
    name: 'a deployment that is not there',
    base: AZURE_BASE,
    answers: [
      refuses(404, {
        error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
      }),
    ],
    gives: { fails: /deployment for this resource does not exist/, code: 'llm.unknown-model' },
  },
];
