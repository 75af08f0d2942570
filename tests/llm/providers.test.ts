import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LLMock } from '@copilotkit/aimock';
import { createProvider } from '../../src/llm/index.ts';
import { ENVIRONMENT, type HttpProviderName, KEY, providerOf, startMock } from './mock-server.ts';
import { type Behaviour, describeProvider, faultOf, type OpenProvider, REQUEST } from './provider-conformance.ts';

function never(): AbortSignal {
  return new AbortController().signal;
}

const USAGE = { prompt_tokens: 120, completion_tokens: 30, input_tokens: 120, output_tokens: 30 };

function behave(mock: LLMock, behaviour: Behaviour): void {
  if (behaviour.kind === 'answer') mock.on({}, { content: behaviour.text, usage: USAGE });
  else if (behaviour.kind === 'silent') mock.on({}, () => new Promise(() => {}));
  else {
    const status = behaviour.kind === 'failing' ? 503 : 401;
    mock.on({}, { error: { message: `no: ${KEY}`, type: 'error' }, status });
  }
}

function openHttp(name: HttpProviderName, stream: boolean): OpenProvider {
  return async (behaviour) => {
    const mock = new LLMock({ port: 0, chunkSize: 4000 });
    behave(mock, behaviour);
    await mock.start();
    return { provider: providerOf(mock, name, stream), close: () => mock.stop() };
  };
}

const SCRIPTS: { readonly [K in Exclude<Behaviour['kind'], 'answer'>]: string } = {
  silent: 'setTimeout(() => {}, 20000)',
  failing: 'console.error("out of memory"); process.exit(3)',
  unusable: '',
};

const openCommand: OpenProvider = (behaviour) => {
  const node = JSON.stringify(process.execPath);
  const script =
    behaviour.kind === 'answer'
      ? `process.stdin.resume().on('end', () => process.stdout.write(Buffer.from('${Buffer.from(behaviour.text).toString('base64').slice(0, 90_000)}', 'base64').toString().repeat(${behaviour.text.length > 90_000 ? 40 : 1})))`
      : SCRIPTS[behaviour.kind];
  const command = behaviour.kind === 'unusable' ? '/nowhere/no-such-program' : `${node} -e ${JSON.stringify(script)}`;
  const provider = createProvider({ name: 'command', command, stream: true }, {});
  return Promise.resolve({ provider, close: () => Promise.resolve() });
};

const HTTP = [
  ['anthropic', true],
  ['anthropic', false],
  ['openai', true],
  ['openai', false],
] as const;

for (const [name, stream] of HTTP)
  describeProvider(`${name}, ${stream ? 'streaming' : 'at once'}`, openHttp(name, stream));
describeProvider('command', openCommand);

describe.each(HTTP)('%s, streaming %s', (name, stream) => {
  it('tells how long a rate limit asks to wait', async () => {
    const mock = await startMock();
    mock.on({}, { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429, retryAfter: 7 });
    const error = await faultOf(providerOf(mock, name, stream).complete(REQUEST, never()));
    expect(error).toMatchObject({ fault: 'rate-limit', retryAfterMs: 7000 });
  });

  it('says which variable holds a wrong key, and not the key', async () => {
    const mock = await startMock();
    mock.on({}, { error: { message: 'invalid key', type: 'authentication_error' }, status: 401 });
    const error = await faultOf(providerOf(mock, name, stream).complete(REQUEST, never()));
    expect(error).toMatchObject({ fault: 'permanent', remedy: { code: 'llm.wrong-key' } });
    expect(error.remedy?.mend).toContain(`${name.toUpperCase()}_API_KEY`);
    expect(`${error.message} ${error.remedy?.mend}`).not.toContain(KEY);
  });

  it('does not wait for a model that is not there', async () => {
    const mock = await startMock();
    mock.on({}, { error: { message: 'no such model', type: 'not_found_error' }, status: 404 });
    const error = await faultOf(providerOf(mock, name, stream).complete(REQUEST, never()));
    expect(error).toMatchObject({ fault: 'permanent', remedy: { code: 'llm.unknown-model' } });
  });

  it('reads a refusal and a reply that was cut', async () => {
    const mock = await startMock();
    const finish = name === 'openai' ? 'content_filter' : 'refusal';
    mock.on({ userMessage: 'refuse' }, { content: 'I cannot help.', finishReason: finish });
    mock.on({ userMessage: 'long' }, { content: '```js\nexport', finishReason: 'length' });
    const provider = providerOf(mock, name, stream);
    expect((await provider.complete({ ...REQUEST, prompt: 'refuse' }, never())).end).toBe('refused');
    expect((await provider.complete({ ...REQUEST, prompt: 'long' }, never())).end).toBe('cut');
  });

  it('reports the tokens that the server counted', async () => {
    const mock = await startMock();
    mock.on({}, { content: 'yes', usage: USAGE });
    const reply = await providerOf(mock, name, stream).complete(REQUEST, never());
    expect(reply.usage).toMatchObject({ inputTokens: 120, outputTokens: 30, estimated: false });
  });

  it('sends the model, both texts and the limit, and no temperature unless there is one', async () => {
    const mock = await startMock();
    mock.on({}, { content: 'yes' });
    await providerOf(mock, name, stream).complete(REQUEST, never());
    const entry = mock.getLastRequest();
    const body = JSON.stringify(entry?.body);
    expect(entry?.body).toMatchObject({ model: 'test-model', max_tokens: 500 });
    expect(body).toContain('You write programs.');
    expect(body).toContain('Write one.');
    expect(body).not.toContain('temperature');
  });
});

describe.each(['anthropic', 'openai'] as const)('%s, a stream that breaks', (name) => {
  it('is a fault that may pass, and what it used is counted', async () => {
    const mock = await startMock({ chunkSize: 5 });
    mock.on({}, { content: 'a reply that is never finished', usage: USAGE }, { truncateAfterChunks: 4, latency: 20 });
    const error = await faultOf(providerOf(mock, name, true).complete(REQUEST, never()));
    expect(error.fault).toBe('broken-stream');
    expect(error.usage?.inputTokens).toBeGreaterThan(0);
    expect(error.usage?.estimated).toBe(true);
  });
});

describe('what goes over the wire', () => {
  it.each(HTTP)(
    '%s, streaming %s: the key, and the system text as a cached prefix where the API has that',
    async (name, stream) => {
      let sent: { readonly headers: IncomingHttpHeaders; readonly body: string } | undefined;
      const server = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (part: string) => (body += part));
        request.on('end', () => {
          sent = { headers: request.headers, body };
          response.writeHead(500).end('{}');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await faultOf(createProvider({ name, baseUrl, stream }, ENVIRONMENT).complete(REQUEST, never()));
      expect(JSON.stringify(sent?.headers)).toContain(KEY);
      expect(sent?.body).not.toContain(KEY);
      expect(sent?.body.includes('"cache_control":{"type":"ephemeral"}')).toBe(name === 'anthropic');
      expect(sent?.body.includes('"stream":true')).toBe(stream);
    },
  );
});

describe('createProvider', () => {
  it('asks for a key unless the server is another one', () => {
    for (const name of ['anthropic', 'openai'] as const) {
      expect(() => createProvider({ name, stream: true }, {})).toThrow(`${name.toUpperCase()}_API_KEY`);
      expect(createProvider({ name, stream: true, baseUrl: 'http://localhost:1' }, {}).name).toBe(name);
      expect(createProvider({ name, stream: true }, ENVIRONMENT).name).toBe(name);
    }
    expect(() => createProvider({ name: 'command', stream: true }, {})).toThrow(
      'the provider `command` needs a command',
    );
  });

  it('gives up on an account without credit', async () => {
    const mock = await startMock();
    mock.on({}, { error: { message: 'quota', type: 'insufficient_quota', code: 'insufficient_quota' }, status: 429 });
    const error = await faultOf(providerOf(mock, 'openai', true).complete(REQUEST, never()));
    expect(error).toMatchObject({ fault: 'permanent', remedy: { code: 'llm.no-credit' } });
  });

  it('calls a server that is not there a fault that may pass', async () => {
    const provider = createProvider({ name: 'openai', stream: true, baseUrl: 'http://127.0.0.1:9/v1' }, {});
    expect((await faultOf(provider.complete(REQUEST, never()))).fault).toBe('network');
  });
});
