import { chunk, completion, events, plain, PROGRAM, refuses, type Row, used } from './row.ts';

const OK = plain(PROGRAM, used(120, 30));

const GIVES_OK = { text: PROGRAM, tokens: [120, 30] } as const;

/** LM Studio. Shapes: lmstudio.ai/docs, lmstudio-ai/lmstudio-bug-tracker#2322, nugget/thane-ai-agent#1395 (errors as events under 200), Gitlawb/openclaude#353. */
export const LM_STUDIO: readonly Row[] = [
  {
    dialect: 'LM Studio',
    name: 'an error event under a status of success',
    answers: [
      {
        stream: events(
          'event: error\ndata: {"error":{"message":"Context size has been exceeded."},"message":"Context size has been exceeded."}\n\n',
        ),
        whole: { status: 400, body: { error: 'Context size has been exceeded.' } },
      },
    ],
    gives: { fails: /Context size has been exceeded/, code: 'llm.no-room' },
  },
  {
    dialect: 'LM Studio',
    name: 'an error in words alone',
    answers: [
      refuses(400, {
        error:
          'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 13055>= n_ctx: 4096).',
      }),
    ],
    gives: { fails: /n_ctx: 4096/, code: 'llm.no-room' },
  },
  {
    dialect: 'LM Studio',
    name: 'a template that fails on the system role',
    answers: [refuses(400, { error: 'Error rendering prompt with jinja template: "System role not supported".' }), OK],
    gives: GIVES_OK,
    adapts: [/before the prompt/],
  },
  {
    dialect: 'LM Studio',
    name: 'lines that end in CR LF, and a last event that nothing ends',
    answers: [
      {
        stream: {
          body: `data: ${JSON.stringify(chunk({ content: PROGRAM }, 'stop'))}\r\n\r\ndata: ${JSON.stringify({ choices: [], usage: used(5, 4) })}`,
        },
        whole: completion({ content: PROGRAM }, 'stop', used(5, 4)),
      },
    ],
    gives: { text: PROGRAM, tokens: [5, 4] },
  },
];
