import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CallRecord,
  Cassette,
  Client,
  createProvider,
  createScrub,
  PermanentFailure,
} from '../../src/llm/index.ts';
import { folderForAll } from '../temporary-folder.ts';
import { ANTHROPIC } from './dialects/anthropic.ts';
import { AZURE } from './dialects/azure.ts';
import { GEMINI } from './dialects/gemini.ts';
import { LM_STUDIO } from './dialects/lm-studio.ts';
import { MISTRAL } from './dialects/mistral.ts';
import { OLLAMA } from './dialects/ollama.ts';
import { OPENAI_CHAT } from './dialects/openai-chat.ts';
import { OPENAI_REFUSALS } from './dialects/openai-refusals.ts';
import { OPENAI_RESPONSES } from './dialects/openai-responses.ts';
import { OPENROUTER } from './dialects/openrouter.ts';
import { OTHERS } from './dialects/others.ts';
import type { Gives, Row } from './dialects/row.ts';
import { SGLANG } from './dialects/sglang.ts';
import { VLLM } from './dialects/vllm.ts';
import { REQUEST } from './provider-conformance.ts';

const ROWS: readonly Row[] = [
  ...OPENAI_CHAT,
  ...OPENAI_REFUSALS,
  ...OPENAI_RESPONSES,
  ...ANTHROPIC,
  ...AZURE,
  ...GEMINI,
  ...MISTRAL,
  ...OPENROUTER,
  ...VLLM,
  ...SGLANG,
  ...OLLAMA,
  ...LM_STUDIO,
  ...OTHERS,
];

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

const ENVIRONMENT = { OPENAI_API_KEY: 'KEY', ANTHROPIC_API_KEY: 'KEY' };
/** Bytes of a body that go out at a time: events and characters are torn apart. */
const TORN = 37;

const AFFORDABLE = { attempts: 9, paidAttempts: 9 };
const folder = folderForAll();
let server: Server;
/** What came to each row, by the first part of its path. */
const got = new Map<string, Got[]>();

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const [, name = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(request.url ?? '') ?? [];
      const requests = got.get(name) ?? [];
      const body = JSON.parse(text) as Got['body'];
      requests.push({ url: rest, headers: request.headers, body });
      got.set(name, requests);
      const answers = ROWS[Number(name.split('-')[0])]?.answers ?? [];
      const {
        status = 200,
        headers = {},
        body: sent,
      } = answers[Math.min(requests.length, answers.length) - 1]?.[name.endsWith('s') ? 'stream' : 'whole'] ?? {
        status: 599,
        body: 'asked too often',
      };
      const bytes = Buffer.from(typeof sent === 'string' ? sent : JSON.stringify(sent));
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      for (let i = 0; i < bytes.length; i += TORN) response.write(bytes.subarray(i, i + TORN));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  server.close();
});

/** Makes a call, and after an adaptation another one. */
async function ask(row: Row, name: string, stream: boolean) {
  const adapted: string[] = [];
  const { port } = server.address() as AddressInfo;
  const { provider = 'openai', temperature } = row;
  const baseUrl = `http://127.0.0.1:${port}/${name}${row.base ?? '/v1'}`;
  const client = new Client({
    providerName: provider,
    provider: createProvider({ name: provider, baseUrl, stream }, ENVIRONMENT),
    cassette: new Cassette(folder),
    settings: { concurrency: 1, timeoutMs: 5000, maxAttempts: 1, maxWaitMs: 0 },
    scrub: createScrub({}),
    observe: (notice) => {
      if (notice.kind === 'adapted') adapted.push(notice.adaptation);
    },
  });
  const parameters = { ...REQUEST.parameters, ...(temperature !== undefined && { temperature }) };
  const request = { ...REQUEST, parameters };
  const complete = (draw: string): Promise<CallRecord | PermanentFailure> =>
    client.complete({ request, draw, affordable: AFFORDABLE, acceptFailure: true }).catch((error: unknown) => {
      if (error instanceof PermanentFailure) return error;
      throw error;
    });
  const outcome = await complete(`${name}.first`);
  const requests = [...(got.get(name) ?? [])];
  const again = adapted.length === 0 ? undefined : await complete(`${name}.again`);
  return { outcome, requests, adapted: [...adapted], again };
}

function matching(words: RegExp): unknown {
  return expect.stringMatching(words);
}

function expectTokens(usage: unknown, tokens: NonNullable<Gives['tokens']>): void {
  if (tokens === 'estimated') {
    expect(usage).toMatchObject({ estimated: true });
    return;
  }
  const [inputTokens, outputTokens, cacheReadTokens = 0, reasoningTokens = 0] = tokens;
  expect({ reasoningTokens: 0, ...(usage as object) }).toMatchObject({
    inputTokens,
    outputTokens,
    cacheReadTokens,
    reasoningTokens,
    estimated: false,
  });
}

describe('dialects', () => {
  it('are enough, each named once', () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(ROWS.map(({ dialect, name }) => `${dialect}: ${name}`)).size).toBe(ROWS.length);
  });

  const cases = ROWS.flatMap((row, i) => [
    { title: `${row.dialect}, streaming: ${row.name}`, row, name: `${i}-s`, stream: true },
    { title: `${row.dialect}, at once: ${row.name}`, row, name: `${i}-w`, stream: false },
  ]);

  it.each(cases.map((each) => [each.title, each] as const))('%s', async (_, { row, name, stream }) => {
    const { gives, path, sent = {}, unsent = [], headers = {}, adapts } = row;
    const { outcome, requests, adapted, again } = await ask(row, name, stream);
    const last = requests.at(-1);
    if ('fails' in gives) {
      const { code, fails } = gives;
      expect(outcome).toMatchObject(
        code === undefined ? { outcome: 'failed', text: matching(fails) } : { code, message: matching(fails) },
      );
    } else {
      const { text, end = 'complete', reasoning, note } = gives;
      expect(outcome).toMatchObject({ outcome: end, text, attempts: requests.length });
      const record = outcome as CallRecord;
      expect(record.reasoning).toBe(reasoning);
      expect(record.note ?? '').toMatch(note ?? /^$/);
    }
    if (gives.tokens !== undefined) expectTokens((outcome as CallRecord).usage, gives.tokens);
    if (path !== undefined) expect(last?.url).toBe(path);
    expect(last?.body).toMatchObject(sent);
    for (const key of unsent) expect(last?.body).not.toHaveProperty(key);
    for (const [key, value] of Object.entries(headers)) expect(last?.headers[key]).toBe(value);
    // A row may be adapted to in one mode alone: the other one is what the server wants.
    expect(adapted).toHaveLength(requests.length - 1);
    if (adapts !== undefined) expect(adapted).toEqual(adapts.map(matching));
    // What was learnt is remembered.
    if (again !== undefined) expect(again).toMatchObject({ outcome: (outcome as CallRecord).outcome, attempts: 1 });
  });
});
