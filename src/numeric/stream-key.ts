/** 128 bits that name a random stream: four 32-bit words. */
export type StreamKey = readonly [number, number, number, number];

// The first 128 fractional bits of π: a nothing-up-my-sleeve start.
const ROOT: StreamKey = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];

/**
 * The key of the stream that a path of labels leads to, from `parent` or from the root. One label at a time, so that a
 * path may be walked in one step or in several; a number and the string of its digits are different labels.
 */
export function hashPath(parent: StreamKey | undefined, labels: readonly (string | number)[]): StreamKey {
  return labels.reduce<StreamKey>(
    (key, label) => hashText(key, typeof label === 'number' ? `n${label}` : `s${label}`),
    parent ?? ROOT,
  );
}

/** MurmurHash3 x86 128 (Appleby, public domain) over UTF-16 code units, one 32-bit lane after the other, keyed by `seed`. */
function hashText(seed: StreamKey, text: string): StreamKey {
  let [h1, h2, h3, h4] = seed;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = Math.imul(rotl(h1 ^ scramble(k, 0x239b961b, 15, 0xab0e9789), 19) + h2, 5) + 0x561ccd1b;
    h2 = Math.imul(rotl(h2 ^ scramble(k, 0xab0e9789, 16, 0x38b34ae5), 17) + h3, 5) + 0x0bcaa747;
    h3 = Math.imul(rotl(h3 ^ scramble(k, 0x38b34ae5, 17, 0xa1e38b93), 15) + h4, 5) + 0x96cd1c35;
    h4 = Math.imul(rotl(h4 ^ scramble(k, 0xa1e38b93, 18, 0x239b961b), 13) + h1, 5) + 0x32ac3b17;
  }
  h1 ^= text.length;
  h2 ^= text.length;
  h3 ^= text.length;
  h4 ^= text.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalise(h1);
  h2 = finalise(h2);
  h3 = finalise(h3);
  h4 = finalise(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
}

function scramble(k: number, before: number, rotation: number, after: number): number {
  return Math.imul(rotl(Math.imul(k + 1, before), rotation), after);
}

function rotl(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalise(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
