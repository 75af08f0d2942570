import { ENGINE_WORDS, WORD_COUNT } from './vocabulary.ts';

/** Integers of so many digits may not be exact as a number. */
const EXACT_DIGITS = 15;

/**
 * The attributes of one resource, span or event, by the numbers of their words. One object is used again and again, since a trace
 * has millions.
 */
export class Attributes {
  readonly #values: Float64Array = new Float64Array(WORD_COUNT);
  readonly #texts: (string | undefined)[] = Array.from({ length: WORD_COUNT });
  /** Which one a value is of: all others are of an earlier one. */
  readonly #set: Int32Array = new Int32Array(WORD_COUNT);
  #serial = 1;

  clear(): void {
    this.#serial++;
  }

  /** Takes a number from its text, which may be any: what is none becomes NaN. */
  setNumber(word: number, bytes: Buffer, start: number, end: number): void {
    this.#set[word] = this.#serial;
    const digits = end - start;
    let value = 0;
    let at = start;
    if (digits > 0 && digits <= EXACT_DIGITS) {
      for (; at < end; at++) {
        const digit = (bytes[at] as number) - 0x30;
        if (digit < 0 || digit > 9) break;
        value = 10 * value + digit;
      }
      if (at === end) {
        this.#values[word] = value;
        this.#texts[word] = undefined;
        return;
      }
    }
    const text = bytes.toString('latin1', start, end);
    this.#values[word] = text === 'null' || text.trim() === '' ? Number.NaN : Number(text);
    this.#texts[word] = text;
  }

  setText(word: number, text: string): void {
    this.#set[word] = this.#serial;
    this.#values[word] = Number.NaN;
    this.#texts[word] = text;
  }

  /** NaN where it is no number, or there is none. */
  number(word: number): number {
    return this.#set[word] === this.#serial ? (this.#values[word] as number) : Number.NaN;
  }

  has(word: number): boolean {
    return this.#set[word] === this.#serial;
  }

  /** A number as it was written: long integers whole. */
  exact(word: number): number | bigint {
    const text = this.#texts[word];
    return text !== undefined && /^-?\d{16,}$/.test(text) ? BigInt(text) : this.number(word);
  }

  /** A text; undefined where there is none. */
  text(word: number): string | undefined {
    return this.#set[word] === this.#serial ? this.#texts[word] : undefined;
  }

  /** What they say of the engine, as a text; empty where they say nothing. */
  engine(): string {
    return ENGINE_WORDS.filter((word) => this.has(word))
      .map((word) => `${word}=${this.text(word) ?? String(this.number(word))}`)
      .join(',');
  }
}
