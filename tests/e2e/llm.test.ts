import { type LLMock } from '@copilotkit/aimock';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { KEY, startMock } from '../llm/mock-server.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { BIN, checkedDocument, evolve, evolveJson, evolveKilledAt, type Outcome } from './evolve.ts';
import { saveSmallData } from './small-data.ts';

interface Summary {
  readonly archiveHash: string;
  readonly generations: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly llm: {
    readonly calls: number;
    readonly retries: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costUsd: number | null;
    readonly byModel: Readonly<Record<string, object>>;
  };
  readonly operators: Readonly<
    Record<
      string,
      { readonly proposed: number; readonly valid: number; readonly inserted: number; readonly improved: number }
    >
  >;
}

const SMALL = folderForAll();
beforeAll(() => saveSmallData(SMALL));

const RUN = ['run', '--data', join(SMALL, 'small')];
const SHORT = [
  ...RUN,
  '--generations',
  '2',
  '--children',
  '4',
  '--seed',
  '3',
  '--no-closed-loop',
  '--scope',
  'global',
  '--jobs',
  '1',
];

/** Runs a command beside the server in this process, so it must not block. */
function evolveBeside(cwd: string, environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd,
      env: { ...process.env, ANTHROPIC_API_KEY: undefined, OPENAI_API_KEY: undefined, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

async function summaryBeside(
  cwd: string,
  environment: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<Summary> {
  const outcome = await evolveBeside(cwd, environment, ...args, '--json');
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  return checkedDocument(args, outcome.stdout) as Summary;
}

const FEATURES = [
  'decodeMemoryUs',
  'prefillGemmUs',
  'kvReadUs',
  'decodeGemmUs',
  'weightsUs',
  'requests',
  'scheduledTokens',
];

/** Every question has its own answer: a program, beside one that is none. Their sizes differ, so some find a free niche. */
function answering(mock: LLMock): LLMock {
  mock.on({}, ({ messages }) => {
    const random = createRandom(JSON.stringify(messages));
    const terms = random.shuffle(FEATURES).slice(0, 1 + random.integer(4));
    const constants = ['base: 5000', ...terms.map((_, i) => `c${i}: 1`)].join(', ');
    const sum = ['c.base', ...terms.map((name, i) => `c.c${i} * batch.${name}`)].join(' + ');
    const program = `export const constants = { ${constants} };\nexport function predictStepTime(batch, c) {\n  return ${sum};\n}`;
    return {
      content: `Reason: it matters.\n\`\`\`js\n${program}\n\`\`\`\n\nReason: loops are nice.\n\`\`\`js\nfor (;;) {}\n\`\`\``,
      usage: { prompt_tokens: 4000, completion_tokens: 200, input_tokens: 4000, output_tokens: 200 },
    };
  });
  return mock;
}

describe('evolve run with a language model', () => {
  it.each<readonly [string, string, string, string, readonly string[]]>([
    ['anthropic', 'claude-haiku-4-5', 'ANTHROPIC_API_KEY', '', ['1', '2']],
    ['openai', 'gpt-4o-mini', 'OPENAI_API_KEY', '/v1', ['1']],
  ])(
    '%s: runs, is replayed to the same bytes at any number of processes, and keeps the key to itself',
    { timeout: 120_000 },
    async (operator, model, variable, path, replays) => {
      const folder = temporaryFolder();
      const mock = answering(await startMock());
      const flags = [
        '--operator',
        operator,
        '--model',
        model,
        '--base-url',
        mock.url + path,
        '--max-cost',
        '1',
        '--operators',
        'llm:3,grammar:1',
      ];
      const live = await summaryBeside(folder, { [variable]: KEY }, ...SHORT, ...flags, '--jobs', '2', '--out', 'live');
      expect(live.llm.calls).toBe(mock.getRequests().length);
      expect(live.llm.inputTokens).toBe(4000 * live.llm.calls);
      expect(live.llm.costUsd).toBeGreaterThan(0);
      expect(Object.keys(live.llm.byModel)).toEqual([model]);
      expect(live.operators['llm']?.valid).toBeGreaterThan(0);
      expect(live.operators['llm']?.inserted).toBeGreaterThan(0);
      expect(live.rejected['invalid']).toBeGreaterThan(0);
      const asked = mock.getRequests().length;

      for (const jobs of replays) {
        const out = `replay-${jobs}`;
        const replayed = await summaryBeside(folder, {}, 'run', '--replay', 'live', '--jobs', jobs, '--out', out);
        expect(replayed).toMatchObject({ archiveHash: live.archiveHash, llm: live.llm });
        expect(readFileSync(join(folder, out, 'events.jsonl'))).toEqual(
          readFileSync(join(folder, 'live/events.jsonl')),
        );
      }
      expect(mock.getRequests()).toHaveLength(asked);

      const files = readdirSync(join(folder, 'live'), { recursive: true, withFileTypes: true }).filter((file) =>
        file.isFile(),
      );
      expect(files.length).toBeGreaterThan(asked);
      for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(KEY);

      const [first = ''] = readdirSync(join(folder, 'live/cassette'));
      writeFileSync(join(folder, 'live/cassette', first), '{}');
      const broken = await evolveBeside(folder, {}, 'run', '--replay', 'live', '--out', 'broken');
      expect(broken.code).toBe(1);
      expect(broken.stderr).toContain(first);
    },
  );

  it('replays a run that was stopped as far as it came, and no further', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const mock = answering(await startMock());
    const flags = ['--operator', 'openai', '--model', 'm', '--base-url', `${mock.url}/v1`, '--max-minutes', '0.01'];
    const { code } = await evolveBeside(folder, { OPENAI_API_KEY: KEY }, ...RUN, ...flags, '--out', 'live');
    expect(code).toBe(0);
    const replayed = await evolveBeside(folder, {}, 'run', '--replay', 'live', '--out', 'again');
    expect(replayed.code).toBe(0);
    const [live, again] = ['live', 'again'].map((run) => readFileSync(join(folder, run, 'events.jsonl'), 'utf8'));
    expect(live).toContain('"stopped":null');
    expect(again).toBe(live);
  });

  it('stops at once for a wrong key, safely in an outage, and goes on without paying twice', {
    timeout: 120_000,
  }, async () => {
    const folder = temporaryFolder();
    const mock = await startMock();
    mock.on({}, { error: { message: `no ${KEY}`, type: 'authentication_error' }, status: 401 });
    const flags = ['--operator', 'openai', '--model', 'm', '--base-url', `${mock.url}/v1`, '--outage-wait', '0.1'];
    const environment = { OPENAI_API_KEY: KEY };
    const refused = await evolveBeside(folder, environment, ...SHORT, ...flags, '--out', 'mine');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/no \[OPENAI_API_KEY\]\. Set OPENAI_API_KEY to a valid key\.\n$/);
    expect(refused.stderr + refused.stdout).not.toContain(KEY);

    mock.clearFixtures();
    mock.on({}, { error: { message: 'down', type: 'server_error' }, status: 503 });
    const outage = await evolveBeside(folder, environment, 'resume', 'mine');
    expect(outage.code).toBe(1);
    expect(outage.stderr).toContain('evolve resume');

    mock.clearFixtures();
    answering(mock);
    const before = mock.getRequests().length;
    const resumed = await summaryBeside(folder, environment, 'resume', 'mine');
    expect(resumed.generations).toBe(2);
    expect(resumed.llm.costUsd).toBeNull();
    expect(resumed.llm.retries).toBeGreaterThan(0);
    expect(mock.getRequests().length - before).toBe(resumed.llm.calls);
  });

  it('comes to the same archive after kill -9, and asks again only for what was in flight', {
    timeout: 120_000,
  }, async () => {
    const folder = temporaryFolder();
    const mock = answering(await startMock());
    const flags = ['--operator', 'openai', '--model', 'm', '--base-url', `${mock.url}/v1`];
    const whole = await summaryBeside(folder, {}, ...SHORT, ...flags, '--out', 'whole');
    const before = mock.getRequests().length;
    expect(await evolveKilledAt(folder, /generation 1\//, ...SHORT, ...flags, '--out', 'killed')).toBe('SIGKILL');
    const resumed = await summaryBeside(folder, {}, 'resume', 'killed');
    expect(resumed).toMatchObject({ archiveHash: whole.archiveHash, llm: whole.llm });
    const CONCURRENCY = 4;
    expect(mock.getRequests().length - before).toBeLessThanOrEqual(before + CONCURRENCY);
  });

  it('asks any command, and prints the exact prompt', { timeout: 120_000 }, () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'model.mjs'),
      `import { appendFileSync } from 'node:fs';
let text = '';
for await (const part of process.stdin) text += part;
appendFileSync('prompts.log', text);
console.log('Reason: constant.\\n\`\`\`js\\nexport const constants = { a: 1, b: 2 };\\nexport function predictStepTime(batch, c) { return c.a + c.b * batch.decodeMemoryUs; }\\n\`\`\`');`,
    );
    const summary = evolveJson<Summary>(
      folder,
      ...SHORT,
      '--operator',
      'command',
      '--command',
      'node model.mjs',
      '--max-calls',
      '3',
      '--out',
      'mine',
    );
    expect(summary.llm).toMatchObject({ calls: 3, costUsd: 0 });
    expect(readFileSync(join(folder, 'prompts.log'), 'utf8').match(/## The language/g)).toHaveLength(3);
    expect(summary.operators['llm']?.valid).toBe(1);
    expect(summary.rejected['duplicate']).toBeGreaterThan(0);

    const { code, stdout } = evolve(folder, 'prompt', 'mine', '--kind', 'crossover');
    expect(code).toBe(0);
    expect(stdout).toContain('## The features');
    expect(stdout).toContain('combine the strengths of the parents');
  });

  const refusals: readonly (readonly [what: string, args: readonly string[], words: RegExp, code: 1 | 2])[] = [
    ['a missing key', ['--operator', 'anthropic', '--model', 'm'], /ANTHROPIC_API_KEY is not set/, 1],
    ['a missing model', ['--operator', 'openai', '--base-url', 'http://x'], /needs a model/, 2],
    ['a missing command', ['--operator', 'command'], /--command/, 2],
    [
      'a limit on an unknown cost',
      ['--operator', 'openai', '--base-url', 'http://x', '--model', 'm', '--max-cost', '1'],
      /m has no price/,
      1,
    ],
    ['a model flag without a model', ['--model', 'm'], /--model needs a language model/, 2],
    ['a mix without a model', ['--operators', 'llm:1'], /no model is named/, 2],
    ['a mix that is none', ['--operators', 'grammar:x'], /has no weight/, 2],
    [
      'an address with a password',
      ['--operator', 'openai', '--model', 'm', '--base-url', 'http://me:secret@x'],
      /holds a password/,
      1,
    ],
    [
      'a folder without templates',
      ['--operator', 'command', '--command', 'cat', '--prompts', '.'],
      /holds no template/,
      1,
    ],
    ['a replay of nothing', ['--replay', 'gone'], /gone/, 1],
    [
      'a flag that a replay decides',
      ['--replay', 'gone', '--generations', '9'],
      /--generations means nothing to --replay/,
      2,
    ],
  ];

  it('refuses what cannot work in one line, before anything is written', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const outcomes = await Promise.all(refusals.map(([, args]) => evolveBeside(folder, {}, 'run', ...args)));
    outcomes.forEach(({ code, stdout, stderr }, i) => {
      const [what, , words, expected] = refusals[i]!;
      expect({ what, code, stdout, lines: stderr.trim().split('\n').length }).toEqual({
        what,
        code: expected,
        stdout: '',
        lines: 1,
      });
      expect(stderr).toMatch(words);
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('evolve --help', () => {
  it('loads no templates and no search', async () => {
    const folder = temporaryFolder();
    const { code } = await evolveBeside(folder, { NODE_V8_COVERAGE: join(folder, 'loaded') }, 'run', '--help');
    expect(code).toBe(0);
    const [file = ''] = readdirSync(join(folder, 'loaded'));
    const report = JSON.parse(readFileSync(join(folder, 'loaded', file), 'utf8')) as {
      result: readonly { url: string }[];
    };
    const loaded = report.result.map(({ url }) => url);
    expect(loaded.some((url) => url.endsWith('/dist/cli/main.js'))).toBe(true);
    // Every room that has anything to load has a package that it needs.
    expect(loaded.filter((url) => url.includes('/node_modules/') && !url.includes('/commander/'))).toEqual([]);
  });
});
