import type { GoBody } from '../../program/index.ts';

/*
 * gofmt leaves out the blanks around operators by how deep they stand and which precedences meet, so the right spacing of
 * an operator is only known once the whole expression is. These are the rules of go/printer (binaryExpr, cutoff,
 * walkBinary) for the expressions that generated code has: names, numbers, calls, signs, parentheses and binary operators.
 */

type Expression =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Expression[] }
  | { readonly kind: 'parentheses'; readonly inner: Expression }
  | { readonly kind: 'unary'; readonly op: string; readonly operand: Expression }
  | Binary;

interface Binary {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Expression;
  readonly right: Expression;
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};
const TOKEN = /\s*([A-Za-z_][\w.]*|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\|\||&&|[=!<>]=|[-+*/<>!(),])/y;

/** Printed code with every expression spaced as gofmt spaces it. */
export function spacedBody(body: GoBody): GoBody {
  return {
    ...body,
    statements: body.statements.map(spacedLine),
    results: body.results.map((result) => print(parse(result), 1)),
  };
}

/** A line with an assignment or a condition, spaced as gofmt spaces it; every other line as it is. */
export function spacedLine(line: string): string {
  const match = /^(\s*(?:\w+ [:+]?= |if ))(.*?)( \{)?$/.exec(line);
  if (match === null) return line;
  const [, before = '', expression = '', after = ''] = match;
  return before + print(parse(expression), 1) + after;
}

function parse(text: string): Expression {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new RangeError(`unexpected Go in generated code: ${text.slice(start)}`);
    tokens.push(token);
  }
  let at = 0;
  const operand = (): Expression => {
    const token = tokens[at++] ?? '';
    if (token === '-' || token === '!') return { kind: 'unary', op: token, operand: operand() };
    if (token === '(') {
      const inner = binary(1);
      at++;
      return { kind: 'parentheses', inner };
    }
    if (tokens[at] !== '(') return { kind: 'atom', text: token };
    const args: Expression[] = [];
    at++;
    while (tokens[at] !== ')') {
      args.push(binary(1));
      if (tokens[at] === ',') at++;
    }
    at++;
    return { kind: 'call', callee: token, args };
  };
  const binary = (least: number): Expression => {
    let left = operand();
    for (;;) {
      const op = tokens[at] ?? '';
      const precedence = PRECEDENCE[op];
      if (precedence === undefined || precedence < least) return left;
      at++;
      left = { kind: 'binary', op, left, right: binary(precedence + 1) };
    }
  };
  const expression = binary(1);
  if (at !== tokens.length) throw new RangeError(`unexpected Go in generated code: ${text}`);
  return expression;
}

type Printers = {
  readonly [K in Expression['kind']]: (expression: Extract<Expression, { kind: K }>, depth: number) => string;
};

const PRINTERS: Printers = {
  atom: ({ text }) => text,
  unary: ({ op, operand }, depth) => op + print(operand, depth),
  parentheses: ({ inner }, depth) => `(${print(inner, Math.max(1, depth - 1))})`,
  call: ({ callee, args }, depth) => {
    const inner = args.length > 1 ? depth + 1 : depth;
    return `${callee}(${args.map((arg) => print(arg, inner)).join(', ')})`;
  },
  binary: (expression, depth) => {
    const { op, left, right } = expression;
    const precedence = precedenceOf(expression);
    const blank = precedence < cutoff(expression, depth) ? ' ' : '';
    const sameLevel = left.kind === 'binary' && precedenceOf(left) === precedence;
    return print(left, sameLevel ? depth : depth + 1) + blank + op + blank + print(right, depth + 1);
  },
};

function print<K extends Expression['kind']>(expression: Extract<Expression, { kind: K }>, depth: number): string {
  return PRINTERS[expression.kind](expression, depth);
}

function precedenceOf({ op }: Binary): number {
  return PRECEDENCE[op]!;
}

/** Operators of at least this precedence stand without blanks. */
function cutoff(expression: Binary, depth: number): number {
  const operators = levels(expression);
  // A minus must not touch a sign that follows it.
  if (operators.some(({ op, right }) => op === '-' && right.kind === 'unary' && right.op === '-')) return 5;
  const has = (precedence: number): boolean => operators.some((each) => precedenceOf(each) === precedence);
  if (has(4) && has(5)) return depth === 1 ? 5 : 4;
  return depth === 1 ? 6 : 4;
}

/** The operators of an expression that no parentheses or call encloses. */
function levels(expression: Expression): readonly Binary[] {
  return expression.kind === 'binary' ? [expression, ...levels(expression.left), ...levels(expression.right)] : [];
}
