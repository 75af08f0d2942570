import { createRandom, type Random } from '../../../src/numeric/index.ts';

type Content = string | Uint8Array;

/** Values that stand where others should. */
const WRONG = ['"x"', '-1', 'null', '1e400', '0.5', '[]', '{}', 'true', '""', '9007199254740993', 'NaN', '-Infinity'];

/** Ways to break a text; each gives another text, mostly. */
const TEXT_BREAKAGES: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, random.integer(text.length)),
  (text, random) => {
    const at = random.integer(text.length);
    return text.slice(0, at) + text.slice(at + 1 + random.integer(20));
  },
  (text, random) => replaceOne(text, /-?\d+(?:\.\d+)?/g, random.pick(WRONG), random),
  (text, random) => replaceOne(text, /"[^"\n]*"/g, random.pick(WRONG), random),
  (text, random) => replaceOne(text, /[[\]{}:,]/g, random.pick(['', ',', ':', ']', '}', '[', '{']), random),
  (text, random) => replaceOne(text, /\b[a-z_]+\b/g, 'other', random),
  (text, random) => replaceOne(text, /\[[^[\]]*\]/g, random.pick(['[]', '[1]', 'null', '{}']), random),
  (text, random) => random.shuffle(text.split('\n')).join('\n'),
  (text, random) => random.shuffle(text.split(',')).join(','),
  (text, random) => {
    const at = random.integer(text.length);
    return text.slice(0, at) + random.shuffle(text.slice(at, at + 12).split('')).join('') + text.slice(at + 12);
  },
  (text, random) => {
    const at = random.integer(text.length);
    return `${text.slice(0, at)}\u0000\uFFFD"\\${text.slice(at)}`;
  },
  (text, random) => text + text.slice(0, random.integer(text.length)),
];

/** Ways to break bytes: half a copy, and a copy that lacks its beginning. Its pages have no sums to tell flipped bits by. */
const BYTE_BREAKAGES: readonly ((bytes: Uint8Array, random: Random) => Uint8Array)[] = [
  (bytes, random) => bytes.slice(0, random.integer(bytes.length)),
  (bytes, random) => bytes.slice(1 + random.integer(bytes.length - 1)),
];

function replaceOne(text: string, pattern: RegExp, by: string, random: Random): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return by;
  const { 0: old, index } = random.pick(found);
  return text.slice(0, index) + by + text.slice(index + old.length);
}

/** The n-th broken form of some content; the same for the same `n`. */
export function broken(content: Content, label: string, n: number): Content {
  const random = createRandom(1).split(label, n);
  if (typeof content !== 'string') return BYTE_BREAKAGES[n % BYTE_BREAKAGES.length]!(content, random);
  return TEXT_BREAKAGES[n % TEXT_BREAKAGES.length]!(content, random);
}
