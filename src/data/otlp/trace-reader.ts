import { Attributes } from './attributes.ts';
import { BrokenJson, JsonTokens, type TokenSink } from './json-tokens.ts';
import { WORD_COUNT, WORDS, wordNumber } from './vocabulary.ts';

/** What takes the events and spans of a trace. The objects it is given are used again: it copies what it keeps. */
export interface SpanSink {
  /** @param name number of its word; −1 where it is none that is known. @param line on which it begins. */
  event(name: number, attributes: Attributes, line: number): void;
  /** Called behind the events of the span. */
  span(span: SpanFacts): void;
}

/** A span, without its events. */
export interface SpanFacts {
  readonly attributes: Attributes;
  /** Of what made it, e.g. a process. */
  readonly resource: Attributes;
  /** Nanoseconds since 1970; NaN where it is not known. */
  readonly startNs: number;
}

// What an object is, told from the key that it stands under.
const OTHER = 0;
const RESOURCE_SPANS = 1;
const RESOURCE = 2;
const SPAN = 3;
const EVENT = 4;
/** From here on, what is within is a value of the user's and has no structure of ours. */
const ATTRIBUTE = 5;
const VALUE = 6;
const IGNORED = 7;
/** Added for an array: its elements are of the kind. */
const LIST = 8;

const KINDS: Uint8Array = new Uint8Array(WORD_COUNT);
for (const [key, kind] of [
  ['resourceSpans', RESOURCE_SPANS],
  ['resource_spans', RESOURCE_SPANS],
  ['resource', RESOURCE],
  ['spans', SPAN],
  ['events', EVENT],
  ['attributes', ATTRIBUTE],
] as const) {
  KINDS[wordNumber(key)] = kind;
}

// What a key of an attribute's value says of it.
const NUMBER = 1;
const TEXT = 2;
const VALUES: Uint8Array = new Uint8Array(WORD_COUNT);
for (const key of ['intValue', 'int_value', 'doubleValue', 'double_value'] as const) VALUES[wordNumber(key)] = NUMBER;
for (const key of ['stringValue', 'string_value'] as const) VALUES[wordNumber(key)] = TEXT;

const KEY_WORD = wordNumber('key');
const VALUE_WORD = wordNumber('value');
const NAME_WORD = wordNumber('name');
const START_WORD = wordNumber('startTimeUnixNano');
const START_WORD_SNAKE = wordNumber('start_time_unix_nano');

/** The attribute has no name yet, or one that is not known. */
const UNNAMED = -2;
const UNKNOWN = -1;

/**
 * Reads the spans of a trace in OTLP, as JSON: what is an event, a span, an attribute is told from the keys alone, so that
 * documents, lines and arrays of exports are all the same. Nothing is built but the attributes that are known.
 *
 * Source: opentelemetry-proto, JSON mapping of `ExportTraceServiceRequest`.
 */
export class TraceReader implements TokenSink {
  readonly tokens: JsonTokens;
  readonly #sink: SpanSink;
  readonly #kinds: number[] = [];
  #kind: number = OTHER;
  #key: number = UNKNOWN;
  #attribute: number = UNNAMED;
  /** The value of an attribute whose name comes behind it. */
  #early: { readonly isNumber: boolean; readonly text: string } | undefined;
  #owner: Attributes | undefined;
  #eventName: number = UNKNOWN;
  #eventLine = 0;
  #startNs: number = Number.NaN;
  readonly #resource: Attributes = new Attributes();
  readonly #span: Attributes = new Attributes();
  readonly #event: Attributes = new Attributes();

  constructor(sink: SpanSink) {
    this.#sink = sink;
    this.tokens = new JsonTokens(this);
  }

  open(isObject: boolean): void {
    const parent = this.#kind;
    const kind = parent >= LIST ? parent - LIST : childKind(parent, this.#key);
    this.#kinds.push(parent);
    if (isObject) {
      this.#kind = kind;
      if (kind === ATTRIBUTE) {
        this.#attribute = UNNAMED;
        this.#early = undefined;
      } else if (kind === EVENT) {
        this.#event.clear();
        this.#eventName = UNKNOWN;
        this.#eventLine = this.tokens.line;
      } else if (kind === SPAN) {
        this.#span.clear();
        this.#startNs = Number.NaN;
      } else if (kind === RESOURCE_SPANS) this.#resource.clear();
    } else {
      this.#kind = kind + LIST;
      if (kind === ATTRIBUTE) this.#owner = this.#attributesOf(parent);
    }
    this.#key = UNKNOWN;
  }

  close(): void {
    const kind = this.#kind;
    this.#kind = this.#kinds.pop() as number;
    if (kind === ATTRIBUTE && this.#early !== undefined) this.#takeEarly(this.#early);
    else if (kind === EVENT) this.#sink.event(this.#eventName, this.#event, this.#eventLine);
    else if (kind === SPAN) {
      this.#sink.span({ attributes: this.#span, resource: this.#resource, startNs: this.#startNs });
    }
  }

  key(start: number, end: number): void {
    if (this.#kind !== IGNORED) this.#key = WORDS.find(this.tokens.bytes, start, end);
  }

  text(start: number, end: number): void {
    const kind = this.#kind;
    const key = this.#key;
    if (kind === VALUE) this.#value(start, end);
    else if (kind === ATTRIBUTE && key === KEY_WORD) this.#attribute = WORDS.find(this.tokens.bytes, start, end);
    else if (kind === EVENT && key === NAME_WORD) this.#eventName = WORDS.find(this.tokens.bytes, start, end);
    else if (kind === SPAN) this.#start(key, start, end);
  }

  literal(start: number, end: number): void {
    if (this.#kind === VALUE) this.#value(start, end);
    else if (this.#kind === SPAN) this.#start(this.#key, start, end);
  }

  #start(key: number, start: number, end: number): void {
    if (key === START_WORD || key === START_WORD_SNAKE)
      this.#startNs = Number(this.tokens.bytes.toString('latin1', start, end));
  }

  #value(start: number, end: number): void {
    const attribute = this.#attribute;
    const owner = this.#owner;
    if (attribute === UNKNOWN || owner === undefined || this.#key === UNKNOWN) return;
    const type = VALUES[this.#key];
    if (attribute === UNNAMED) {
      if (type !== 0)
        this.#early = { isNumber: type === NUMBER, text: this.tokens.bytes.toString('latin1', start, end) };
    } else if (type === NUMBER) owner.setNumber(attribute, this.tokens.bytes, start, end);
    else if (type === TEXT) owner.setText(attribute, this.#unescaped(this.tokens.bytes.toString('latin1', start, end)));
  }

  #takeEarly({ isNumber, text }: { readonly isNumber: boolean; readonly text: string }): void {
    if (this.#attribute < 0 || this.#owner === undefined) return;
    if (isNumber) this.#owner.setNumber(this.#attribute, Buffer.from(text, 'latin1'), 0, text.length);
    else this.#owner.setText(this.#attribute, this.#unescaped(text));
  }

  /** Identifiers are compared, not shown: those with bytes beyond ASCII stay distinct as they are. */
  #unescaped(text: string): string {
    if (!text.includes('\\')) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      throw new BrokenJson('a text has an escape that JSON does not know', this.tokens.line);
    }
  }

  #attributesOf(kind: number): Attributes | undefined {
    if (kind === EVENT) return this.#event;
    if (kind === SPAN) return this.#span;
    return kind === RESOURCE ? this.#resource : undefined;
  }
}

function childKind(parent: number, key: number): number {
  if (parent >= ATTRIBUTE) return parent === ATTRIBUTE && key === VALUE_WORD ? VALUE : IGNORED;
  return key < 0 ? OTHER : (KINDS[key] as number);
}
