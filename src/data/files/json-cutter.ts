import { UserError } from '../../base/index.ts';

/** One JSON value of a file as text, with where the text begins in the file. */
export interface JsonText {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Values were left out, so that columns of the text are not those of the file. Lines are. */
  readonly reduced: boolean;
}

/** What JavaScript takes as one string, less a few characters. */
const LONGEST_TEXT = 2 ** 29 - 64;
/** Longer strings are not looked up among the keys. */
const KEY_BYTES = 64;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const MINUS = 0x2d;
const CAPITAL_I = 0x49;
const CAPITAL_N = 0x4e;

const NULL = Buffer.from('null');
/** Python's words for numbers that JSON does not know: null takes their place, as wide as they are where it can be. */
const BARE_WORDS: Readonly<Record<string, string>> = {
  NaN: 'null',
  '-NaN': 'null',
  Infinity: 'null    ',
  '-Infinity': 'null     ',
};
const LINE_END = Buffer.from('\n');

/** What is passed over: nothing, or a value that begins next, or the rest of one. */
type Passing = 'nothing' | 'next' | 'scalar' | 'string' | 'container';

/**
 * Cuts bytes into JSON values and leaves out the values of some keys, see `jsonTexts`; Python's NaN and Infinity become null. It
 * knows strings and nesting alone: a string before a colon is a key. Each byte is looked at once, so that it costs little beside
 * parsing.
 */
export class JsonCutter {
  readonly #path: string;
  readonly #without: ReadonlySet<string>;
  readonly #texts: JsonText[] = [];
  /** Of the value that is being read. */
  #parts: Uint8Array[] = [];
  #length = 0;
  #reduced = false;
  #start = { line: 1, column: 1 };
  #depth = 0;
  #inString = false;
  #escaped = false;
  readonly #key: Buffer = Buffer.alloc(KEY_BYTES);
  /** Bytes of the last string; beyond `KEY_BYTES` it is no key that is asked for. */
  #keyLength = 0;
  /** A bare word that is being read, with a minus before it. */
  #word = '';
  #passing: Passing = 'nothing';
  #passedDepth = 0;
  #line = 1;
  /** Bytes of the file before the current line, and before the current chunk. */
  #lineStart = 0;
  #position = 0;

  constructor(path: string, without: readonly string[]) {
    this.#path = path;
    this.#without = new Set(without);
  }

  /** The values that are complete, each given once. */
  take(): readonly JsonText[] {
    return this.#texts.splice(0);
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === NEWLINE) {
        this.#line++;
        this.#lineStart = this.#position + at + 1;
      }
      if (this.#passing !== 'nothing') {
        from = at + 1;
        if (byte === NEWLINE) this.#keep(LINE_END);
        if (this.#pass(byte)) continue;
        from = at;
      }
      if (this.#inString) {
        this.#inside(byte);
        continue;
      }
      if (this.#word !== '') {
        from = at + 1;
        if (isLetter(byte)) {
          this.#word += String.fromCharCode(byte);
          continue;
        }
        this.#endWord();
        from = at;
      }
      if (byte === CAPITAL_I || byte === CAPITAL_N || (byte === MINUS && !isLetter(chunk[at - 1] ?? 0))) {
        this.#keep(chunk.subarray(from, at));
        this.#word = String.fromCharCode(byte);
        from = at + 1;
      } else if (byte === QUOTE) {
        this.#inString = true;
        this.#keyLength = 0;
      } else if (byte === COLON && this.#isUnwanted()) {
        this.#keep(chunk.subarray(from, at + 1));
        this.#passing = 'next';
        this.#reduced = true;
        from = at + 1;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth > 0) continue;
        this.#keep(chunk.subarray(from, at + 1));
        from = at + 1;
        this.#finish();
        this.#start = { line: this.#line, column: this.#position + from - this.#lineStart + 1 };
      }
    }
    if (this.#passing === 'nothing' && this.#word === '') this.#keep(chunk.subarray(from));
    this.#position += chunk.length;
  }

  /** Takes what is left as the last value. */
  end(): void {
    this.#endWord();
    this.#finish();
  }

  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inString = false;
      return;
    }
    if (this.#keyLength < KEY_BYTES) this.#key[this.#keyLength] = byte;
    this.#keyLength++;
  }

  #endWord(): void {
    this.#keep(Buffer.from(BARE_WORDS[this.#word] ?? this.#word));
    if (this.#word.endsWith('NaN')) this.#reduced = true;
    this.#word = '';
  }

  #isUnwanted(): boolean {
    const length = this.#keyLength;
    return this.#without.size > 0 && length < KEY_BYTES && this.#without.has(this.#key.toString('latin1', 0, length));
  }

  /** Whether a byte belongs to the value that is passed over. */
  #pass(byte: number): boolean {
    if (this.#inString) {
      this.#inside(byte);
      if (!this.#inString && this.#passing === 'string') this.#passed();
      return true;
    }
    if (byte === QUOTE) {
      this.#inString = true;
      this.#keyLength = 0;
      if (this.#passing === 'next') this.#passing = 'string';
      return true;
    }
    const opens = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    const closes = byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
    if (this.#passing === 'container' || (this.#passing === 'next' && opens)) {
      this.#passing = 'container';
      this.#passedDepth += opens ? 1 : closes ? -1 : 0;
      if (this.#passedDepth === 0) this.#passed();
      return true;
    }
    if (closes || byte === COMMA) {
      this.#passed();
      return false;
    }
    return true;
  }

  #passed(): void {
    this.#keep(NULL);
    this.#passing = 'nothing';
    // A key that was passed over is none of the value that goes on.
    this.#keyLength = KEY_BYTES;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    if (this.#length > LONGEST_TEXT) {
      throw new UserError({
        code: 'data.long-document',
        place: { file: this.#path, line: this.#start.line },
        problem: 'a single JSON value of more than 500 MB is more than can be read',
        mend: 'Split the run into several files, or record fewer requests',
      });
    }
    // A copy, since a view of a few bytes would hold the whole chunk in memory.
    this.#parts.push(Buffer.from(bytes));
  }

  #finish(): void {
    const text = Buffer.concat(this.#parts)
      .toString('utf8')
      .replace(/^\uFEFF/, '');
    if (text.trim() !== '') this.#texts.push({ text, ...this.#start, reduced: this.#reduced });
    this.#parts = [];
    this.#length = 0;
    this.#reduced = false;
    this.#depth = 0;
  }
}

function isLetter(byte: number): boolean {
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x5a;
}
