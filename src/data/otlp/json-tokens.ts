/** The text is not JSON; the message says why, `line` says where. */
export class BrokenJson extends Error {
  readonly line: number;

  constructor(problem: string, line: number) {
    super(problem);
    this.line = line;
  }
}

/**
 * Takes the tokens of a JSON text in their order. Ranges are of {@link JsonTokens.bytes}, without quotes, and hold until the call
 * returns; escapes in them are as they stand in the text.
 */
export interface TokenSink {
  open(isObject: boolean): void;
  close(isObject: boolean): void;
  key(start: number, end: number): void;
  text(start: number, end: number): void;
  literal(start: number, end: number): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
/** Bytes up to this one are white space or belong to no JSON text. */
const SPACE = 0x20;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

const DEEPEST = 512;
/** Strings that are longer are passed over; they are prompts, not names. */
const LONGEST_TEXT = 1 << 16;
const PART_BYTES = 1 << 20;

/** What may come next. Numbers, since they are compared for each token. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY = 2;
const KEY_OR_END = 3;
const COLON_ONLY = 4;
const COMMA_OR_END = 5;

/**
 * Splits JSON texts of any length into tokens: one document or several, on lines of their own or not, pretty or not. No text is
 * built and no more than a part of the text is held, so that the speed is that of a pass over bytes.
 */
export class JsonTokens {
  /** What ranges refer to. */
  readonly bytes: Buffer = Buffer.alloc(PART_BYTES + LONGEST_TEXT + 2);
  /** Of the last token. */
  line = 1;
  readonly #sink: TokenSink;
  /** Whether each open level is an object. */
  readonly #objects: Uint8Array = new Uint8Array(DEEPEST);
  #depth = 0;
  #awaited = VALUE;
  #kept = 0;
  /** A string longer than is held goes on: it is passed over up to its end. */
  #isInLongText = false;
  #isEscaped = false;

  constructor(sink: TokenSink) {
    this.#sink = sink;
  }

  /** @throws BrokenJson where brackets do not match, or something else stands between or within documents. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += PART_BYTES) this.#pushPart(chunk.subarray(at, at + PART_BYTES));
  }

  /** @throws BrokenJson where the text ends within a document. */
  end(): void {
    if (this.#depth > 0 || this.#kept > 0 || this.#isInLongText) {
      throw this.#broken(this.#depth > 0 ? 'the file ends within a document' : 'no JSON document begins here');
    }
  }

  #broken(problem: string): BrokenJson {
    return new BrokenJson(problem, this.line);
  }

  #pushPart(part: Uint8Array): void {
    this.bytes.set(part, this.#kept);
    const end = this.#kept + part.length;
    // End a search for the end of a string at the end of what is at hand, one behind an escape too.
    this.bytes[end] = QUOTE;
    this.bytes[end + 1] = QUOTE;
    const from = this.#scan(end);
    this.#kept = end - from;
    if (this.#kept > LONGEST_TEXT) {
      this.#kept = 0;
      this.#isInLongText = true;
      this.#isEscaped = endsEscaped(this.bytes, from + 1, end);
    } else this.bytes.copyWithin(0, from, end);
  }

  /** Reads tokens up to `end`; returns where the token begins that is cut off there, or `end`. */
  #scan(end: number): number {
    const { bytes } = this;
    const sink = this.#sink;
    let at = 0;
    if (this.#isInLongText) {
      at = this.#longTextEnd(end);
      if (at >= end) return end;
    }
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        let close = at + 1;
        for (;;) {
          const inner = bytes[close] as number;
          if (inner === QUOTE) break;
          close += inner === BACKSLASH ? 2 : 1;
        }
        if (close >= end) return at;
        const awaited = this.#awaited;
        if (awaited === KEY_OR_END || awaited === KEY) {
          sink.key(at + 1, close);
          at = close + 1;
          // Most writers put the colon right behind: no way round through the loop.
          if (at < end && bytes[at] === COLON) {
            at++;
            this.#awaited = VALUE;
          } else this.#awaited = COLON_ONLY;
        } else if (this.#depth > 0 && (awaited === VALUE || awaited === VALUE_OR_END)) {
          sink.text(at + 1, close);
          this.#awaited = COMMA_OR_END;
          at = close + 1;
        } else throw this.#unexpected(byte);
      } else if (byte === COMMA) {
        if (this.#awaited !== COMMA_OR_END || this.#depth === 0) throw this.#unexpected(byte);
        this.#awaited = this.#objects[this.#depth - 1] === 1 ? KEY : VALUE;
        at++;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        this.#close(byte === CLOSE_OBJECT);
        at++;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        this.#open(byte === OPEN_OBJECT);
        at++;
      } else if (byte === COLON) {
        if (this.#awaited !== COLON_ONLY) throw this.#unexpected(byte);
        this.#awaited = VALUE;
        at++;
      } else if (byte <= SPACE) {
        if (byte === NEWLINE) this.line++;
        else if (byte < 0x09) throw this.#broken('the file is binary');
        at++;
      } else if (this.#depth === 0 && BYTE_ORDER_MARK.includes(byte)) at++;
      else {
        let close = at + 1;
        while (isLiteralByte(bytes[close] as number)) close++;
        if (close >= end) return at;
        this.#literal(at, close);
        at = close;
      }
    }
    return end;
  }

  #open(isObject: boolean): void {
    if (this.#awaited !== VALUE && this.#awaited !== VALUE_OR_END)
      throw this.#unexpected(isObject ? OPEN_OBJECT : OPEN_ARRAY);
    if (this.#depth === DEEPEST) throw this.#broken('it is nested too deep');
    this.#objects[this.#depth++] = isObject ? 1 : 0;
    this.#awaited = isObject ? KEY_OR_END : VALUE_OR_END;
    this.#sink.open(isObject);
  }

  #close(isObject: boolean): void {
    const isMatch = this.#depth > 0 && this.#objects[this.#depth - 1] === (isObject ? 1 : 0);
    if (!isMatch) throw this.#broken('brackets do not match');
    const awaited = this.#awaited;
    if (awaited !== COMMA_OR_END && awaited !== (isObject ? KEY_OR_END : VALUE_OR_END)) {
      throw this.#unexpected(isObject ? CLOSE_OBJECT : CLOSE_ARRAY);
    }
    this.#depth--;
    this.#awaited = this.#depth === 0 ? VALUE : COMMA_OR_END;
    this.#sink.close(isObject);
  }

  #literal(start: number, end: number): void {
    if (this.#depth === 0) throw this.#broken('no JSON document begins here');
    const isAwaited = this.#awaited === VALUE || this.#awaited === VALUE_OR_END;
    if (!isAwaited || !(isInteger(this.bytes, start, end) || LITERAL.test(this.bytes.toString('latin1', start, end)))) {
      throw this.#broken(`\`${this.bytes.toString('latin1', start, Math.min(end, start + 20))}\` is not JSON here`);
    }
    this.#awaited = COMMA_OR_END;
    this.#sink.literal(start, end);
  }

  #unexpected(byte: number): BrokenJson {
    if (this.#depth === 0) return this.#broken('no JSON document begins here');
    return this.#broken(`\`${String.fromCharCode(byte)}\` is not expected here`);
  }

  /** Where the byte behind the long string stands, and its value is told; `end` where it goes on. */
  #longTextEnd(end: number): number {
    const { bytes } = this;
    let at = this.#isEscaped ? 1 : 0;
    while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    this.#isEscaped = at > end;
    if (at >= end) return end;
    this.#isInLongText = false;
    if (this.#awaited === VALUE || this.#awaited === VALUE_OR_END) {
      this.#sink.text(at, at);
      this.#awaited = COMMA_OR_END;
    } else {
      this.#sink.key(at, at);
      this.#awaited = COLON_ONLY;
    }
    return at + 1;
  }
}

/** Whether the text from `start` ends in a backslash that is none's second. */
function endsEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  let slashes = 0;
  while (end - 1 - slashes >= start && bytes[end - 1 - slashes] === BACKSLASH) slashes++;
  return slashes % 2 === 1;
}

/** Whether a literal is a JSON number of digits alone: nearly all are. */
function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] as number) < 0x30 || (bytes[at] as number) > 0x39) return false;
  return end - start === 1 || bytes[start] !== 0x30;
}

/** Letters, digits, and what else stands in numbers. */
function isLiteralByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2e ||
    byte === 0x2d ||
    byte === 0x2b
  );
}
