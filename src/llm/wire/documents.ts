import { parsed } from './json.ts';

/** One JSON value of an answer: the whole body, or what one event of a stream holds. */
export interface WireDocument {
  /** Name of the event; empty where it has none. */
  readonly event: string;
  /** Undefined where the text is no JSON. */
  readonly value: unknown;
  readonly raw: string;
  /** Whether it is the whole body, and not an event of a stream. */
  readonly isBody: boolean;
}

/** What came over the wire: a part of the answer, or a sign of life only. */
export type Heard = (what: 'part' | 'keep-alive') => void;

/** Longest body that is no stream, and longest line of one, in characters. */
const LONGEST = 1 << 24;
/** Beginnings of the lines of an event stream, comments included. */
const EVENT_LINE = /^(?:data|event|id|retry)?:/;
/** So many characters tell a stream from a body. */
const TELLING = 6;

/**
 * The JSON values of a body, be it one document or server-sent events (WHATWG HTML, section 9.2): a server may answer with a
 * stream that nobody asked for, or with one document where a stream was asked for. Comments and events without data keep a
 * connection alive and are passed over. Events that no blank line parts, and a last one that none ends, are read too.
 *
 * @throws RangeError where a line or body is too long.
 */
export async function* documentsOf(parts: AsyncIterable<Uint8Array>, heard: Heard): AsyncGenerator<WireDocument> {
  const decoder = new TextDecoder();
  let buffer = '';
  let isStream: boolean | undefined;
  const events = new EventLines();
  for await (const part of parts) {
    buffer += decoder.decode(part, { stream: true });
    isStream ??= kindOf(buffer);
    if (isStream !== true) heard(buffer.trim() === '' ? 'keep-alive' : 'part');
    if (buffer.length > LONGEST) throw new RangeError('the answer is longer than any reply');
    if (isStream !== true) continue;
    // A carriage return at the end may be the first half of a line's end.
    const end = Math.max(buffer.lastIndexOf('\n'), buffer.lastIndexOf('\r', buffer.length - 2));
    const found = events.add(buffer.slice(0, end + 1));
    buffer = buffer.slice(end + 1);
    heard(found.length > 0 ? 'part' : 'keep-alive');
    yield* found;
  }
  buffer += decoder.decode();
  if (isStream === true || EVENT_LINE.test(buffer.trimStart())) yield* events.add(`${buffer}\n\n`);
  else if (buffer.trim() !== '') yield { event: '', value: parsed(buffer), raw: buffer, isBody: true };
}

/** Whether what begins so is a stream; undefined where that does not show yet. */
function kindOf(text: string): boolean | undefined {
  const start = text.trimStart();
  if (start === '') return undefined;
  if (EVENT_LINE.test(start)) return true;
  return start.length >= TELLING || !/^[a-z]/.test(start) ? false : undefined;
}

/** Collects lines to events. */
class EventLines {
  #event = '';
  #data: string[] = [];

  add(text: string): readonly WireDocument[] {
    if (text === '') return [];
    const lines = text.split(/\r\n|\n|\r/);
    // What stands behind the last line's end is no line.
    lines.pop();
    return lines.flatMap((line) => {
      if (line === '') return this.#close();
      const [, name = '', value = ''] = /^([^:]*):? ?([^]*)$/.exec(line) ?? [];
      if (name === 'event') this.#event = value.trim();
      else if (name === 'data') this.#data.push(value);
      return [];
    });
  }

  #close(): readonly WireDocument[] {
    const data = this.#data;
    const event = this.#event;
    this.#data = [];
    this.#event = '';
    const raw = data.join('\n');
    if (raw.trim() === '') return [];
    const value = parsed(raw);
    const isOne = value !== undefined || data.length === 1;
    return isOne
      ? [{ event, value, raw, isBody: false }]
      : data.map((each) => ({ event, value: parsed(each), raw: each, isBody: false }));
  }
}
