import { InvalidArgumentError } from 'commander';

/** Parser for a whole number of at least `least`, and at most `most`; the message names the mend. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    }
    if (value > most) throw new InvalidArgumentError(`Give a whole number of at most ${most}.`);
    return value;
  };
}

/** Parser for names with commas between them. */
export function names(text: string): readonly string[] {
  const all = text.split(',').map((name) => name.trim());
  if (all.includes('')) throw new InvalidArgumentError('Give names with commas between them, like x1,x2.');
  return all;
}

/** Parser for one or more of some names, each once, with commas between them. */
export function oneOrMore<N extends string>(known: readonly N[]): (text: string) => readonly N[] {
  return (text) => {
    const all = names(text).map((name) => known.find((each) => each === name));
    const found = all.filter((name) => name !== undefined);
    if (found.length < all.length || new Set(found).size < found.length) {
      throw new InvalidArgumentError(`Give one or more of ${known.join(', ')}, each once, with commas between them.`);
    }
    return found;
  };
}

/** Parser for a positive decimal number. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Give a number above 0.');
  }
  return value;
}

/** Parser for a factor above 0: `1.5`, `x1.5` or `×1.5`. */
export function factor(text: string): number {
  return positiveNumber(text.replace(/^[x×]/i, ''));
}

/** Parser for a decimal number that is not negative. */
export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('Give a number of 0 or more.');
  }
  return value;
}

/** Parser for `on` or `off`. */
export function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('Give on or off.');
  return text === 'on';
}

/** Parser for a part of a whole. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('Give a number above 0 and up to 1.');
  }
  return value;
}

/** Parser for the weights of E2E, TTFT and time between tokens. */
export function requestWeights(text: string): { readonly e2e: number; readonly ttft: number; readonly itl: number } {
  const [e2e, ttft, itl] = threeNumbers(text);
  if (Math.min(e2e, ttft, itl) < 0 || Math.max(e2e, ttft, itl) === 0) {
    throw new InvalidArgumentError('Give three weights of 0 or more, one above 0, e.g. 1,0.3,1.');
  }
  return { e2e, ttft, itl };
}

/** Parser for a lag in steps, or `auto`. */
export function lag(text: string): 'auto' | 0 | 1 {
  const found = (['auto', 0, 1] as const).find((value) => String(value) === text);
  if (found === undefined) throw new InvalidArgumentError('Give auto, 0 or 1.');
  return found;
}

/** Parser for three comma-separated numbers. */
export function threeNumbers(text: string): readonly [number, number, number] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [a, b, c] = values;
  if (values.length !== 3 || a === undefined || b === undefined || c === undefined || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError('Give three numbers, e.g. 1000,0.5,20.');
  }
  return [a, b, c];
}
