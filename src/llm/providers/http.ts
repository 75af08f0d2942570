import { Shapes } from '../dialects/adapt.ts';
import { CHAT } from '../dialects/chat.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { MESSAGES } from '../dialects/messages.ts';
import { RESPONSES } from '../dialects/responses.ts';
import type { Shape } from '../dialects/shape.ts';
import type { Where } from '../http-fault.ts';
import { KEY_VARIABLES } from '../keys.ts';
import { ProviderError } from '../provider-error.ts';
import type { Provider } from '../types.ts';
import { endpointUrl, isAzure, namesEndpoint } from '../wire/address.ts';
import { ComplaintError, exchange } from './exchange.ts';

type Headers = Readonly<Record<string, string>>;

/** How to reach a server. */
export interface HttpProviderOptions {
  readonly apiKey: string;
  /** Without it, the provider's own address. */
  readonly baseUrl?: string;
  readonly stream: boolean;
  /** Sent with every request, beside the key. */
  readonly headers?: Headers;
}

interface HttpProvider {
  readonly name: 'anthropic' | 'openai';
  readonly base: string;
  readonly headers: Headers;
  readonly shape: Shape;
  readonly dialectOf: (shape: Shape) => Dialect;
}

const ANTHROPIC_VERSION = '2023-06-01';

/** Anthropic's Messages, with `baseUrl` at any server that speaks them. */
export function createAnthropicProvider({ apiKey, baseUrl, stream }: HttpProviderOptions): Provider {
  return createHttpProvider({
    name: 'anthropic',
    base: baseUrl ?? 'https://api.anthropic.com',
    headers: { 'x-api-key': apiKey, 'anthropic-version': ANTHROPIC_VERSION },
    shape: { ...SHAPE, stream },
    dialectOf: () => MESSAGES,
  });
}

/**
 * OpenAI's Chat Completions, or Responses for models that have these alone; with `baseUrl` every server that speaks one of them
 * (Azure, Gemini, Mistral, OpenRouter, vLLM, SGLang, Ollama, LM Studio, gateways). Responses are also spoken where the address names
 * them.
 */
export function createOpenAiProvider({ apiKey, baseUrl, stream, headers = {} }: HttpProviderOptions): Provider {
  return createHttpProvider({
    name: 'openai',
    base: baseUrl ?? 'https://api.openai.com/v1',
    headers: { ...headers, ...(isAzure(baseUrl) ? { 'api-key': apiKey } : { authorization: `Bearer ${apiKey}` }) },
    shape: {
      ...SHAPE,
      stream,
      // OpenAI's newer models refuse `max_tokens`, and many compatible servers know nothing else.
      limit: baseUrl === undefined ? 'max_completion_tokens' : 'max_tokens',
      api: namesEndpoint(baseUrl, RESPONSES.endpoint) ? 'responses' : 'chat',
    },
    dialectOf: ({ api }) => (api === 'responses' ? RESPONSES : CHAT),
  });
}

const SHAPE: Shape = {
  api: 'chat',
  limit: 'max_tokens',
  temperature: true,
  systemRole: true,
  streamUsage: true,
  stream: true,
  cache: true,
};

/** A provider over HTTP. What its servers complain of is remembered for each model as long as the process lives. */
function createHttpProvider({ name, base, headers, shape, dialectOf }: HttpProvider): Provider {
  const where: Where = { provider: name, keyVariable: KEY_VARIABLES[name] };
  const shapes = new Shapes(shape);
  return {
    name,
    async complete(request, signal, heard = () => {}) {
      const sent = shapes.of(request.model);
      const dialect = dialectOf(sent);
      const url = endpointUrl(base, dialect.endpoint);
      try {
        return await exchange({ url, headers, dialect, shape: sent, request, signal, heard, where });
      } catch (error) {
        if (!(error instanceof ComplaintError)) throw error;
        const { complaint, fault } = error;
        const adaptation = shapes.learn(request, sent, complaint, dialect.has);
        throw adaptation === undefined ? fault : new ProviderError('adapted', fault.message, { adaptation });
      }
    },
  };
}
