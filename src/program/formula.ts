import type { ReductionName } from './reductions/reduction-op.ts';
import type { Term } from './spelling.ts';

/** A formula as it is laid out on paper, before it is written as LaTeX or MathML. */
export type Formula =
  | { readonly kind: 'name'; readonly role: Role; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'sign'; readonly sign: Sign }
  | { readonly kind: 'row'; readonly parts: readonly Formula[] }
  | { readonly kind: 'fraction'; readonly over: Formula; readonly under: Formula }
  | { readonly kind: 'power'; readonly base: Formula; readonly exponent: Formula }
  | { readonly kind: 'root'; readonly degree: 2 | 3; readonly body: Formula }
  | { readonly kind: 'fence'; readonly fence: Fence; readonly body: Formula }
  | { readonly kind: 'call'; readonly name: string; readonly base?: number; readonly args: readonly Formula[] }
  | { readonly kind: 'reduction'; readonly over: ReductionName; readonly body: Formula }
  | { readonly kind: 'cases'; readonly condition: Formula; readonly yes: Formula; readonly no: Formula };

/** `field`: of each request that a reduction goes over. */
export type Role = 'feature' | 'constant' | 'local' | 'field';

export type Fence = 'round' | 'bars' | 'floor' | 'ceiling';

export type Sign = '+' | '-' | '*' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'and' | 'or' | 'not';

/** A formula with the precedence of its outermost operator, on the scale of `Term`. */
export interface FormulaTerm extends Pick<Term, 'precedence'> {
  readonly formula: Formula;
}

/** How one operation is laid out, given its arguments. */
export type Notation = (args: readonly FormulaTerm[]) => FormulaTerm;

const ATOM = 100;
/** Binds tighter than a product: its own line keeps a fraction together, but not under an exponent. */
const FRACTION = 14;

export function formulaAtom(formula: Formula): FormulaTerm {
  return { formula, precedence: ATOM };
}

function row(...parts: readonly Formula[]): Formula {
  return { kind: 'row', parts };
}
function sign(name: Sign): Formula {
  return { kind: 'sign', sign: name };
}
function number(value: number): Formula {
  return { kind: 'number', value };
}

/** `term` as an operand that must bind at least as tight as `least`. */
function operand(term: FormulaTerm, least: number): Formula {
  return term.precedence < least ? { kind: 'fence', fence: 'round', body: term.formula } : term.formula;
}

function at(args: readonly FormulaTerm[], index: number): FormulaTerm {
  const term = args[index];
  if (term === undefined) throw new RangeError(`an operation was laid out without argument ${index}`);
  return term;
}

function bare(args: readonly FormulaTerm[], index: number): Formula {
  return at(args, index).formula;
}

export function infixNotation(name: Sign, precedence: number): Notation {
  return (args) => ({
    formula: row(operand(at(args, 0), precedence), sign(name), operand(at(args, 1), precedence + 1)),
    precedence,
  });
}

export function prefixNotation(name: Sign, precedence: number): Notation {
  return (args) => ({ formula: row(sign(name), operand(at(args, 0), precedence + 1)), precedence });
}

export const fractionNotation: Notation = (args) => ({
  formula: { kind: 'fraction', over: bare(args, 0), under: bare(args, 1) },
  precedence: FRACTION,
});

export const powerNotation: Notation = (args) => ({
  formula: { kind: 'power', base: operand(at(args, 0), ATOM), exponent: bare(args, 1) },
  precedence: FRACTION,
});

export function callNotation(name: string, base?: number): Notation {
  return (args) =>
    formulaAtom({ kind: 'call', name, args: args.map((term) => term.formula), ...(base !== undefined && { base }) });
}

export function rootNotation(degree: 2 | 3): Notation {
  return (args) => formulaAtom({ kind: 'root', degree, body: bare(args, 0) });
}

export function fenceNotation(fence: Fence): Notation {
  return (args) => formulaAtom({ kind: 'fence', fence, body: bare(args, 0) });
}

function exponential(exponent: Formula): Formula {
  return {
    kind: 'power',
    base: { kind: 'name', role: 'local', name: 'e' },
    exponent,
  };
}

export const expNotation: Notation = (args) => ({ formula: exponential(bare(args, 0)), precedence: FRACTION });

export const expm1Notation: Notation = (args) => ({
  formula: row(exponential(bare(args, 0)), sign('-'), number(1)),
  precedence: 12,
});

export const log1pNotation: Notation = (args) =>
  formulaAtom({ kind: 'call', name: 'ln', args: [row(number(1), sign('+'), operand(at(args, 0), 12))] });

/** A sum or maximum over the requests `r`: as an operand it is fenced, for it has no end of its own. */
export function reductionNotation(over: ReductionName, body: FormulaTerm): FormulaTerm {
  return { formula: { kind: 'reduction', over, body: operand(body, 13) }, precedence: 12 };
}

/** √(a² + b² + …). */
export const hypotNotation: Notation = (args) => {
  const squares = args.map((term): Formula => ({ kind: 'power', base: operand(term, ATOM), exponent: number(2) }));
  return formulaAtom({
    kind: 'root',
    degree: 2,
    body: row(...squares.flatMap((square, i) => (i === 0 ? [square] : [sign('+'), square]))),
  });
};

export const casesNotation: Notation = (args) => ({
  formula: { kind: 'cases', condition: bare(args, 0), yes: bare(args, 1), no: bare(args, 2) },
  // Fenced as an operand: a brace that opens to the left has no end of its own.
  precedence: 1,
});
