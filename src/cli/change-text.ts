import type { DiffPart } from '../report/index.ts';
import { colours } from './colours.ts';

/** A change of a program's function as text: removed words in red, added ones in green; without colours in brackets. */
export function changeText(parts: readonly DiffPart[]): string {
  const { isColorSupported, green, red, strikethrough } = colours();
  const write: { readonly [K in DiffPart['kind']]: (text: string) => string } = isColorSupported
    ? { same: (text) => text, added: green, removed: (text) => red(strikethrough(text)) }
    : { same: (text) => text, added: bracketed('{+', '+}'), removed: bracketed('[-', '-]') };
  return parts.map(({ kind, text }) => write[kind](text)).join('');
}

/** Marks as `git diff --word-diff` writes them; white space around the words stays outside. */
function bracketed(open: string, close: string): (text: string) => string {
  return (text) => text.replace(/\S[\s\S]*\S|\S/, (words) => `${open}${words}${close}`);
}
