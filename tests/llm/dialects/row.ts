/** What a server sends to one request; a stream and the whole may differ in all. */
export interface Served {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  readonly body: unknown;
}

/** The answer to a request, as a stream and in one piece. */
export interface Answers {
  readonly stream: Served;
  readonly whole: Served;
}

/** What is to come of it. Tokens: input, output, of the input those read from a cache, of the output thoughts. */
export type Gives =
  | {
      readonly text: string;
      readonly end?: 'complete' | 'cut' | 'refused';
      readonly reasoning?: string;
      readonly note?: RegExp;
      readonly tokens: readonly [input: number, output: number, cached?: number, thought?: number] | 'estimated';
    }
  | {
      /** The server's own words, in the error that ends the run (`code`) or in the reason of an attempt that failed. */
      readonly fails: RegExp;
      readonly code?: string;
      readonly tokens?: readonly [input: number, output: number] | 'estimated';
    };

/** One dialect's way with one request. */
export interface Row {
  readonly dialect: string;
  readonly name: string;
  readonly provider?: 'anthropic';
  /** Of the base address, with query and slashes; default `/v1`. */
  readonly base?: string;
  readonly temperature?: number;
  /** In order, one for each request that is to be made. */
  readonly answers: readonly Answers[];
  readonly gives: Gives;
  /** Path and query of the last request, below the row's own. */
  readonly path?: string;
  /** What the body of the last request has, and what it has not. */
  readonly sent?: Readonly<Record<string, unknown>>;
  readonly unsent?: readonly string[];
  readonly headers?: Readonly<Record<string, unknown>>;
  /** What is done otherwise for the complaints. */
  readonly adapts?: readonly RegExp[];
}

export const PROGRAM = '```js\nexport const constants = { a: 1 };\n```';

/** The same both ways. */
export function both(served: Served): Answers {
  return { stream: served, whole: served };
}

/** A refusal with a status and JSON. */
export function refuses(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answers {
  return both({ status, body, headers });
}

/** Server-sent events, each with its data; a text goes out as it is. */
export function events(...documents: readonly unknown[]): Served {
  const body = documents
    .map((each) => (typeof each === 'string' ? each : `data: ${JSON.stringify(each)}\n\n`))
    .join('');
  return { body, headers: { 'content-type': 'text/event-stream' } };
}

/** Server-sent events whose names are their types. */
export function named(...documents: readonly { readonly type: string }[]): Served {
  return events(...documents.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`));
}

export const DONE = 'data: [DONE]\n\n';

const HEAD = { id: 'chatcmpl-1', created: 1_751_000_000, model: 'm' } as const;

/** A chunk of a Chat Completions stream. */
export function chunk(delta: unknown, finish: unknown = null, more: Readonly<Record<string, unknown>> = {}): unknown {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return { ...HEAD, object: 'chat.completion.chunk', choices, ...more };
}

/** A whole Chat Completion. */
export function completion(message: unknown, finish: unknown, usage: unknown): Served {
  const choices = [{ index: 0, message: { role: 'assistant', ...(message as object) }, finish_reason: finish }];
  return { body: { ...HEAD, object: 'chat.completion', choices, usage } };
}

/** A Chat Completion both ways: its deltas, the message that they make, and OpenAI's trailing chunk with the usage alone. */
export function chat(
  deltas: readonly Readonly<Record<string, unknown>>[],
  message: Readonly<Record<string, unknown>>,
  finish: string | null,
  usage: unknown,
): Answers {
  return {
    stream: events(
      chunk({ role: 'assistant', content: '' }),
      ...deltas.map((delta) => chunk(delta)),
      chunk({}, finish),
      ...(usage === undefined ? [] : [{ ...HEAD, object: 'chat.completion.chunk', choices: [], usage }]),
      DONE,
    ),
    whole: completion(message, finish, usage),
  };
}

/** A plain answer of Chat Completions. */
export function plain(text: string, usage: unknown, finish: string | null = 'stop'): Answers {
  const half = Math.floor(text.length / 2);
  const deltas = [{ content: text.slice(0, half) }, { content: text.slice(half) }];
  return chat(deltas, { content: text }, finish, usage);
}

/** Usage as OpenAI counts it. */
export function used(input: number, output: number, thought: number = 0, cached: number = 0): unknown {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: thought },
  };
}
