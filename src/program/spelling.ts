/** Printed text with the precedence of its outermost operator, by which the surrounding text decides on parentheses. */
export interface Term {
  readonly text: string;
  readonly precedence: number;
  /** Set where the text is a plain number. */
  readonly value?: number;
}

/** How one operation is written, given its printed arguments. */
export type Spelling = (args: readonly Term[]) => Term;

/** A function that printed code calls; whoever writes the file puts its text beside the code. */
export interface Helper {
  readonly name: string;
  readonly text: string;
}

/** How one operation is written in the reference kernel; its arguments there are always names or numbers. */
export interface JavaScriptSpelling {
  readonly write: Spelling;
  readonly helper: Helper | undefined;
}

/** How one operation is written in Go. */
export interface GoSpelling {
  /** `statement`: Go has no such expression, so its printer writes an if statement. */
  readonly write: Spelling | 'statement';
  readonly helper: Helper | undefined;
  /** Whether the text repeats the first argument, which must then be a name. */
  readonly repeatsFirst: (literal: (at: number) => number | undefined) => boolean;
}

/** The code of an operation that needs no more than its text. */
export function plain(write: Spelling): GoSpelling & JavaScriptSpelling {
  return {
    write,
    helper: undefined,
    repeatsFirst: () => false,
  };
}

/** Precedence of names, calls and numbers that are not negative. */
export const ATOM = 100;

export function atom(text: string): Term {
  return { text, precedence: ATOM };
}

function wrap(term: Term, least: number): string {
  return term.precedence < least ? `(${term.text})` : term.text;
}

function at(args: readonly Term[], index: number): Term {
  const term = args[index];
  if (term === undefined) throw new RangeError(`an operation was printed without argument ${index}`);
  return term;
}

/** Left-associative infix operator. */
export function infix(symbol: string, precedence: number): Spelling {
  return (args) => ({
    text: `${wrap(at(args, 0), precedence)} ${symbol} ${wrap(at(args, 1), precedence + 1)}`,
    precedence,
  });
}

/** Right-associative infix operator whose left side must bind tighter than a sign, as JavaScript's `**` demands. */
export function infixRight(symbol: string, precedence: number, left: number): Spelling {
  return (args) => ({
    text: `${wrap(at(args, 0), left)} ${symbol} ${wrap(at(args, 1), precedence)}`,
    precedence,
  });
}

/** A sign before its operand; parenthesised before another sign, because `--` is an operator of its own. */
export function prefix(symbol: string, precedence: number): Spelling {
  return (args) => {
    const operand = at(args, 0);
    const text = wrap(operand, precedence);
    return { text: text.startsWith(symbol) ? `${symbol}(${text})` : `${symbol}${text}`, precedence };
  };
}

export function call(name: string): Spelling {
  return (args) => atom(`${name}(${args.map((term) => term.text).join(', ')})`);
}

/** An n-ary operation from a binary function. */
export function nestedCall(name: string): Spelling {
  return (args) => args.reduce((left, right) => atom(`${name}(${left.text}, ${right.text})`));
}

export function ternary(precedence: number): Spelling {
  return (args) => ({
    text: `${wrap(at(args, 0), precedence + 1)} ? ${wrap(at(args, 1), precedence)} : ${wrap(at(args, 2), precedence)}`,
    precedence,
  });
}

/** Whether a power is written as a product. */
export function isSmallPower(exponent: number | undefined): boolean {
  return exponent === 2 || exponent === 3;
}

/** Squares and cubes as products of an argument that is safe to repeat; every other power by `otherwise`. */
export function smallPower(precedence: number, otherwise: Spelling): Spelling {
  return (args) => {
    const base = wrap(at(args, 0), ATOM);
    const exponent = at(args, 1).value;
    if (exponent === 2) return { text: `${base} * ${base}`, precedence };
    if (exponent === 3) return { text: `${base} * ${base} * ${base}`, precedence };
    return otherwise(args);
  };
}
