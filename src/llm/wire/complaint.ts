import { at, firstText, listOf, parsed, textOf } from './json.ts';

/** What a server says went wrong. */
export interface Complaint {
  /** Its own words. */
  readonly words: string;
  /** As HTTP counts, where the complaint itself says it: many come under another status, 200 too. */
  readonly status?: number;
  /** The parameter that it does not like. */
  readonly parameter: string;
  /** E.g. `insufficient_quota`. */
  readonly code: string;
}

/** Names that vendors give to faults, as HTTP statuses. */
const STATUS_OF: Readonly<Record<string, number>> = {
  // OpenAI, and who follows it.
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  invalid_api_key: 401,
  authentication_error: 401,
  insufficient_quota: 429,
  rate_limit_exceeded: 429,
  model_not_found: 404,
  server_error: 500,
  // Anthropic.
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
  // Google.
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
  // vLLM and SGLang.
  BadRequestError: 400,
  NotFoundError: 404,
  InternalServerError: 500,
};

/** Members that hold the words, by how telling they are. */
const WORDS = ['message', 'msg', 'error_message', 'error_msg', 'status_msg', 'detail', 'title', 'reason'] as const;

/** Where an error lies: at the top, in OpenAI's Responses, in a choice (OpenRouter). */
const ERRORS: readonly (readonly (string | number)[])[] = [
  ['error'],
  ['errors', 0],
  ['response', 'error'],
  ['choices', 0, 'error'],
];

/**
 * The complaint in a JSON value; undefined where it is none. A value with an answer is a complaint only where it has an error
 * beside it.
 */
export function complaintIn(value: unknown): Complaint | undefined {
  if (Array.isArray(value)) return value.map(complaintIn).find((complaint) => complaint !== undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  const inner = ERRORS.map((path) => at(value, ...path)).find(isSomething);
  if (inner !== undefined) return complaintFrom(inner, value);
  const code = at(value, 'base_resp', 'status_code');
  if (typeof code === 'number' && code !== 0) return complaintFrom(at(value, 'base_resp'), value);
  const isFault =
    at(value, 'object') === 'error' ||
    at(value, 'type') === 'error' ||
    firstText(at(value, 'error_message'), at(value, 'error_msg')) !== '';
  const isAnswer = ['choices', 'content', 'output', 'response', 'delta', 'type', 'usage'].some(
    (key) => at(value, key) !== undefined,
  );
  return isFault || (!isAnswer && wordsIn(value) !== '') ? complaintFrom(value, value) : undefined;
}

/** The complaint of a body that came under a status of failure, whatever it is: JSON, a page, a word. */
export function complaintOf(body: string): Complaint {
  const complaint = complaintIn(parsed(body));
  if (complaint !== undefined) return complaint;
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  return { words: (title ?? body.replaceAll(/<[^>]*>/g, ' ')).trim(), parameter: '', code: '' };
}

function isSomething(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function complaintFrom(inner: unknown, outer: unknown): Complaint {
  const behind = providerWords(inner);
  const said = typeof inner === 'string' ? firstText(inner, at(outer, 'message')) : wordsIn(inner);
  const words = [said, behind].filter((text) => text !== '').join(': ') || JSON.stringify(outer);
  const names = [at(inner, 'code'), at(inner, 'status'), at(inner, 'type'), at(outer, 'code'), at(outer, 'error_type')];
  const status = names.map(statusOf).find((found) => found !== undefined);
  const parameter = firstText(at(inner, 'param'), at(outer, 'param'));
  return { words, parameter, code: names.map(textOf).find((n) => n !== '') ?? '', ...(status && { status }) };
}

/** What the provider behind a gateway said (OpenRouter's `metadata.raw`). */
function providerWords(inner: unknown): string {
  const raw = at(inner, 'metadata', 'raw');
  return typeof raw === 'string' ? complaintOf(raw).words : '';
}

/** The words of an error, through the layers that validators wrap around them: `[{"loc": ["body", "x"], "msg": "…"}]`. */
function wordsIn(value: unknown, depth: number = 0): string {
  if (typeof value === 'string') {
    const inside = depth < 3 && value.trimStart().startsWith('{') ? wordsIn(parsed(value), depth + 1) : '';
    return inside || value;
  }
  if (Array.isArray(value))
    return value
      .map((each) => wordsIn(each, depth + 1))
      .filter((text) => text !== '')
      .join('; ');
  if (depth > 3) return '';
  for (const key of WORDS) {
    const words = wordsIn(at(value, key) ?? '', depth + 1);
    if (words === '') continue;
    const place = listOf(at(value, 'loc')).join('.');
    return place === '' ? words : `${place}: ${words}`;
  }
  return '';
}

function statusOf(name: unknown): number | undefined {
  const number = typeof name === 'number' || (typeof name === 'string' && /^\d{3}$/.test(name)) ? Number(name) : 0;
  if (number >= 400 && number < 600) return number;
  return typeof name === 'string' && Object.hasOwn(STATUS_OF, name) ? STATUS_OF[name] : undefined;
}
