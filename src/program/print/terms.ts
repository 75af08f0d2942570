import { ATOM, type Term } from '../spelling.ts';

/** A number as JavaScript and Go both read it back exactly; a negative one binds like a signed operand. */
export function numberTerm(value: number, text: string, signPrecedence: number): Term {
  return {
    text,
    precedence: value < 0 || Object.is(value, -0) ? signPrecedence : ATOM,
    value,
  };
}

/** Shortest text that JavaScript reads back as the same double. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
