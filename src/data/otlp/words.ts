/** Numbers the words of a vocabulary, and finds the number of a word that stands in bytes without making a text of it. */
export class Words {
  readonly #words: readonly Uint8Array[];
  /** By hash: the first word with it and one, 0 where there is none; then the next word of the same hash. */
  readonly #first: Int16Array;
  readonly #next: Int16Array;

  /** @param words ASCII, each once; a word's number is its place. */
  constructor(words: readonly string[]) {
    this.#words = words.map((word) => Buffer.from(word, 'latin1'));
    this.#first = new Int16Array(HASHES);
    this.#next = new Int16Array(words.length);
    for (const [number, word] of this.#words.entries()) {
      const hash = hashOf(word, 0, word.length);
      this.#next[number] = this.#first[hash]!;
      this.#first[hash] = number + 1;
    }
  }

  /** The number of the word that stands from `start` to `end`; −1 where it is none of them. */
  find(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start) return -1;
    let number = (this.#first[hashOf(bytes, start, end)] as number) - 1;
    while (number >= 0) {
      if (isEqual(this.#words[number] as Uint8Array, bytes, start, end)) return number;
      number = (this.#next[number] as number) - 1;
    }
    return -1;
  }
}

const HASHES = 1 << 12;

/** A few characters tell the words of a vocabulary apart. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  const middle = bytes[start + (length >> 1)] as number;
  const late = bytes[end - (length >> 2) - 1] as number;
  return (
    (length * 37 + (bytes[start] as number) * 5 + middle * 113 + late * 331 + (bytes[end - 1] as number) * 17) &
    (HASHES - 1)
  );
}

function isEqual(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let i = 0; i < word.length; i++) if (word[i] !== bytes[start + i]) return false;
  return true;
}
