import type Anthropic from '@anthropic-ai/sdk';
import { toProviderError, type Where } from '../http-fault.ts';
import { ProviderError } from '../provider-error.ts';
import type { CompletionRequest, Provider, Reply, ReplyEnd, TokenUsage } from '../types.ts';
import { estimateTokens, toCount } from '../usage.ts';
import { BoundedText } from './text-limit.ts';

/** How to reach a server. */
export interface HttpProviderOptions {
  readonly apiKey: string;
  /** Without it, the provider's own address. */
  readonly baseUrl?: string;
  readonly stream: boolean;
}

/** The SDK's own limit is out of the way: the caller's signal ends an attempt. */
const NO_TIMEOUT_MS = 3_600_000;

const ENDS: Readonly<Record<string, ReplyEnd>> = {
  max_tokens: 'cut',
  model_context_window_exceeded: 'cut',
  refusal: 'refused',
};

type Parameters = Omit<Anthropic.MessageCreateParamsNonStreaming, 'stream'>;

/** The Messages API, by its official SDK, which is loaded at the first request. The system text is cached by the server. */
export function createAnthropicProvider({ apiKey, baseUrl, stream }: HttpProviderOptions): Provider {
  const where: Where = { provider: 'anthropic', keyVariable: 'ANTHROPIC_API_KEY' };
  const open = once(async () => {
    const { default: Client } = await import('@anthropic-ai/sdk');
    return new Client({
      apiKey,
      authToken: null,
      // Stated, because the SDK would else take an address from the environment that the run's configuration does not show.
      baseURL: baseUrl ?? 'https://api.anthropic.com',
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: 'off',
    });
  });
  return {
    name: 'anthropic',
    async complete(request, signal) {
      const client = await open();
      const parameters = parametersOf(request);
      return stream ? readStream(client, parameters, signal, where) : readMessage(client, parameters, signal, where);
    },
  };
}

function parametersOf({ model, system, prompt, parameters }: CompletionRequest): Parameters {
  return {
    model,
    max_tokens: parameters.maxOutputTokens,
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    system: [{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content: prompt }],
  };
}

async function readMessage(
  client: Anthropic,
  parameters: Parameters,
  signal: AbortSignal,
  where: Where,
): Promise<Reply> {
  try {
    const message = await client.messages.create(parameters, { signal });
    const text = new BoundedText();
    for (const block of message.content) if (block.type === 'text') text.add(block.text);
    return {
      text: text.toString(),
      end: text.isFull ? 'cut' : endOf(message.stop_reason),
      usage: usageOf(message.usage),
    };
  } catch (error) {
    throw toProviderError(error, where, signal);
  }
}

async function readStream(
  client: Anthropic,
  parameters: Parameters,
  signal: AbortSignal,
  where: Where,
): Promise<Reply> {
  const text = new BoundedText();
  let usage: TokenUsage | undefined;
  let end: ReplyEnd = 'complete';
  let isFinished = false;
  try {
    const events = await client.messages.create({ ...parameters, stream: true }, { signal });
    for await (const event of events) {
      if (event.type === 'message_start') usage = usageOf(event.message.usage);
      else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text.add(event.delta.text);
      else if (event.type === 'message_delta') {
        end = endOf(event.delta.stop_reason);
        if (usage !== undefined) usage = { ...usage, outputTokens: toCount(event.usage.output_tokens) };
      } else if (event.type === 'message_stop') isFinished = true;
      // Leaving the loop closes the connection.
      if (text.isFull) break;
    }
  } catch (error) {
    throw toProviderError(error, where, signal, usage === undefined ? undefined : soFar(usage, text));
  }
  if (usage !== undefined && text.isFull) return { text: text.toString(), end: 'cut', usage: soFar(usage, text) };
  if (usage !== undefined && isFinished) return { text: text.toString(), end, usage };
  throw new ProviderError(
    'broken-stream',
    `${where.provider}: the stream ended before the reply did`,
    usage === undefined ? {} : { usage: soFar(usage, text) },
  );
}

function endOf(reason: string | null): ReplyEnd {
  return ENDS[reason ?? ''] ?? 'complete';
}

function usageOf(usage: Anthropic.Usage): TokenUsage {
  const cacheReadTokens = toCount(usage.cache_read_input_tokens);
  const cacheWriteTokens = toCount(usage.cache_creation_input_tokens);
  return {
    inputTokens: toCount(usage.input_tokens) + cacheReadTokens + cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: toCount(usage.output_tokens),
    estimated: false,
  };
}

/** The last count comes at the end of a stream; before it, the output is counted by its length. */
function soFar(usage: TokenUsage, text: BoundedText): TokenUsage {
  const outputTokens = Math.max(usage.outputTokens, estimateTokens(text.toString()));
  return { ...usage, outputTokens, estimated: true };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
