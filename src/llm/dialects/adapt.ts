import type { CompletionRequest } from '../types.ts';
import type { Complaint } from '../wire/complaint.ts';
import type { Shape } from './shape.ts';

/** A change of the shape of requests that a server's complaint asks for. */
interface Adaptation {
  readonly key: keyof Shape;
  readonly wanted: (complaint: Complaint, shape: Shape, request: CompletionRequest) => boolean;
  readonly change: (shape: Shape) => Partial<Shape>;
  /** What is done otherwise, for people. */
  readonly says: (shape: Shape) => string;
}

const UNWANTED =
  /unsupported|not support|unrecogni[sz]ed|unknown|unexpected|extra|not permitted|not allowed|forbidden|deprecated|only the default|not accept|not enabled|may only be set|invalid parameter|invalid argument/i;
/** A value that is out of its range is for the user to mend, not a parameter that the server does not know. */
const OUT_OF_RANGE = /too (?:large|long|high|big)|at most|maximum|exceed|less than|greater than|between|range/i;

function isUnwanted({ words, parameter }: Complaint, name: string): boolean {
  const isNamed = parameter === name || new RegExp(`(?<![\\w])${name}(?![\\w])`).test(words);
  return isNamed && UNWANTED.test(words) && !OUT_OF_RANGE.test(words);
}

function otherLimit({ limit }: Shape): Shape['limit'] {
  return limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
}

/**
 * What servers and models do not take, as their complaints say it: OpenAI's reasoning models and older Azure versions (limit,
 * temperature, system role, streaming before an organisation is verified, Responses alone), Mistral and FastAPI servers (fields that
 * they do not know), chat templates in vLLM, SGLang and LM Studio and Google's Gemma (system role), Alibaba's QwQ and Qwen 3
 * (streaming alone).
 */
const ADAPTATIONS: readonly Adaptation[] = [
  {
    key: 'api',
    wanted: ({ words, code }, { api }) =>
      api === 'chat' &&
      (code === 'unsupported_api_for_model' || /v1\/responses|responses (?:api|endpoint)/i.test(words)),
    change: () => ({ api: 'responses' }),
    says: () => 'asks at /responses in place of /chat/completions',
  },
  {
    key: 'limit',
    wanted: (complaint, { limit }) => isUnwanted(complaint, limit),
    change: (shape) => ({ limit: otherLimit(shape) }),
    says: (shape) => `sends ${otherLimit(shape)} in place of ${shape.limit}`,
  },
  {
    key: 'temperature',
    wanted: (complaint, _, { parameters }) =>
      parameters.temperature !== undefined && isUnwanted(complaint, 'temperature'),
    change: () => ({ temperature: false }),
    says: () => 'sends no temperature',
  },
  {
    key: 'streamUsage',
    wanted: (complaint, { stream }) =>
      stream && (isUnwanted(complaint, 'stream_options') || isUnwanted(complaint, 'include_usage')),
    change: () => ({ streamUsage: false }),
    says: () => 'sends no stream_options',
  },
  {
    key: 'stream',
    wanted: ({ words, parameter }, { stream }) =>
      stream
        ? /verified to stream|stream(?:ing)?\b[^.]*not support|not support[^.]*\bstream(?:ing)?\b/i.test(words) ||
          (parameter === 'stream' && UNWANTED.test(words))
        : /only supports? stream|enable the stream|for non-streaming|non-streaming[^.]*not support|streaming is required/i.test(
            words,
          ),
    change: ({ stream }) => ({ stream: !stream }),
    says: ({ stream }) => (stream ? 'asks for replies in one piece' : 'asks for replies as streams'),
  },
  {
    key: 'cache',
    wanted: (complaint) =>
      isUnwanted(complaint, 'cache_control') || /\bsystem\b.*(?:valid string|must be a string)/i.test(complaint.words),
    change: () => ({ cache: false }),
    says: () => 'does not mark the system text for caching',
  },
  {
    key: 'systemRole',
    wanted: ({ words, parameter }) =>
      /roles must alternate|only user and assistant roles|developer instruction|system (?:role|message|prompt|instruction)s?\b.*not/i.test(
        words,
      ) ||
      (/role/i.test(`${parameter} ${words}`) && /['"`]?\bsystem\b/i.test(words) && UNWANTED.test(words)),
    change: () => ({ systemRole: false }),
    says: () => 'puts the system text before the prompt',
  },
];

/** The shapes of requests to the models of one provider; each part of a shape changes once at most. */
export class Shapes {
  readonly #first: Shape;
  readonly #of = new Map<string, { readonly shape: Shape; readonly changed: ReadonlySet<keyof Shape> }>();

  constructor(first: Shape) {
    this.#first = first;
  }

  /** How a request to a model is written now. */
  of(model: string): Shape {
    return this.#of.get(model)?.shape ?? this.#first;
  }

  /**
   * Learns from a complaint about a request.
   *
   * @param sent how that request was written
   * @param has what of a shape its wire format has
   * @returns what is done otherwise from now on, in words; undefined where the complaint asks for nothing that can be changed
   */
  learn(
    request: CompletionRequest,
    sent: Shape,
    complaint: Complaint,
    has: readonly (keyof Shape)[],
  ): string | undefined {
    const { shape, changed } = this.#of.get(request.model) ?? { shape: sent, changed: new Set<keyof Shape>() };
    const adaptation = ADAPTATIONS.find(({ key, wanted }) => has.includes(key) && wanted(complaint, sent, request));
    if (adaptation === undefined) return undefined;
    const { key, change, says } = adaptation;
    // A call that was under way meanwhile is told what another one has learnt.
    if (shape[key] !== sent[key]) return says(sent);
    if (changed.has(key)) return undefined;
    this.#of.set(request.model, { shape: { ...shape, ...change(shape) }, changed: new Set([...changed, key]) });
    return says(sent);
  }
}
