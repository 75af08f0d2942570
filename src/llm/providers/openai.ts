import type OpenAI from 'openai';
import { toProviderError, type Where } from '../http-fault.ts';
import { ProviderError } from '../provider-error.ts';
import type { CompletionRequest, Provider, Reply, ReplyEnd, TokenUsage } from '../types.ts';
import { estimateUsage, toCount } from '../usage.ts';
import type { HttpProviderOptions } from './anthropic.ts';
import { BoundedText } from './text-limit.ts';

/** The SDK's own limit is out of the way: the caller's signal ends an attempt. */
const NO_TIMEOUT_MS = 3_600_000;

const ENDS: Readonly<Record<string, ReplyEnd>> = { length: 'cut', content_filter: 'refused' };

type Parameters = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'>;

/**
 * The Chat Completions API, by the official SDK, which is loaded at the first request; with `baseUrl` every server that
 * speaks it (vLLM, Ollama, LM Studio, gateways).
 */
export function createOpenAiProvider({ apiKey, baseUrl, stream }: HttpProviderOptions): Provider {
  const where: Where = { provider: 'openai', keyVariable: 'OPENAI_API_KEY' };
  let client: Promise<OpenAI> | undefined;
  const open = async (): Promise<OpenAI> => {
    const { default: Client } = await import('openai');
    return new Client({
      apiKey,
      // Stated, because the SDK would else take an address from the environment that the run's configuration does not show.
      baseURL: baseUrl ?? 'https://api.openai.com/v1',
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: 'off',
    });
  };
  return {
    name: 'openai',
    async complete(request, signal) {
      const parameters = parametersOf(request, baseUrl === undefined);
      client ??= open();
      return stream
        ? readStream(await client, request, parameters, signal, where)
        : readCompletion(await client, request, parameters, signal, where);
    },
  };
}

/** OpenAI's newer models refuse `max_tokens`, and many compatible servers know nothing else. */
function parametersOf({ model, system, prompt, parameters }: CompletionRequest, isOpenAi: boolean): Parameters {
  return {
    model,
    ...(isOpenAi ? { max_completion_tokens: parameters.maxOutputTokens } : { max_tokens: parameters.maxOutputTokens }),
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: prompt },
    ],
  };
}

async function readCompletion(
  client: OpenAI,
  request: CompletionRequest,
  parameters: Parameters,
  signal: AbortSignal,
  where: Where,
): Promise<Reply> {
  try {
    const completion = await client.chat.completions.create(parameters, { signal });
    const choice = completion.choices?.[0];
    if (choice === undefined) throw new ProviderError('server', `${where.provider}: a reply without choices`);
    const text = new BoundedText();
    text.add(choice.message?.content ?? '');
    const isRefused = typeof choice.message?.refusal === 'string' && choice.message.refusal !== '';
    return {
      text: text.toString(),
      end: isRefused ? 'refused' : text.isFull ? 'cut' : endOf(choice.finish_reason),
      usage: usageOf(completion.usage) ?? estimateUsage(request, text.toString()),
    };
  } catch (error) {
    throw toProviderError(error, where, signal);
  }
}

async function readStream(
  client: OpenAI,
  request: CompletionRequest,
  parameters: Parameters,
  signal: AbortSignal,
  where: Where,
): Promise<Reply> {
  const text = new BoundedText();
  let usage: TokenUsage | undefined;
  let finish: string | null = null;
  let isRefused = false;
  let hasBegun = false;
  const soFar = (): TokenUsage => usage ?? estimateUsage(request, text.toString());
  try {
    const chunks = await client.chat.completions.create(
      { ...parameters, stream: true, stream_options: { include_usage: true } },
      { signal },
    );
    for await (const chunk of chunks) {
      hasBegun = true;
      const choice = chunk.choices?.[0];
      text.add(choice?.delta?.content ?? '');
      isRefused ||= typeof choice?.delta?.refusal === 'string' && choice.delta.refusal !== '';
      finish = choice?.finish_reason ?? finish;
      usage = usageOf(chunk.usage) ?? usage;
      // Leaving the loop closes the connection.
      if (text.isFull) break;
    }
  } catch (error) {
    throw toProviderError(error, where, signal, hasBegun ? soFar() : undefined);
  }
  if (text.isFull) return { text: text.toString(), end: 'cut', usage: soFar() };
  if (finish === null) {
    throw new ProviderError('broken-stream', `${where.provider}: the stream ended before the reply did`, {
      ...(hasBegun && { usage: soFar() }),
    });
  }
  return { text: text.toString(), end: isRefused ? 'refused' : endOf(finish), usage: soFar() };
}

function endOf(reason: string | null): ReplyEnd {
  return ENDS[reason ?? ''] ?? 'complete';
}

function usageOf(usage: OpenAI.CompletionUsage | null | undefined): TokenUsage | undefined {
  if (usage === null || usage === undefined) return undefined;
  return {
    inputTokens: toCount(usage.prompt_tokens),
    cacheReadTokens: toCount(usage.prompt_tokens_details?.cached_tokens),
    cacheWriteTokens: 0,
    outputTokens: toCount(usage.completion_tokens),
    estimated: false,
  };
}
