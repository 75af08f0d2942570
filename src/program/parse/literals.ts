import type { Node } from 'acorn';
import { OPERATIONS } from '../operations.ts';
import { BINARY } from './signs.ts';

type Property = { readonly type: string; readonly name?: string };
type Fields = Node & {
  readonly value?: unknown;
  readonly operator?: string;
  readonly argument?: Node;
  readonly left?: Node;
  readonly right?: Node;
  readonly object?: Property;
  readonly property?: Property;
  readonly computed?: boolean;
};

/** Numbers that a program may read from Math. */
const MATH_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['PI', Math.PI],
  ['E', Math.E],
  ['LN2', Math.LN2],
  ['LN10', Math.LN10],
  ['LOG2E', Math.LOG2E],
  ['LOG10E', Math.LOG10E],
  ['SQRT2', Math.SQRT2],
  ['SQRT1_2', Math.SQRT1_2],
]);

/** −0 is a number of its own: what is divided by it has the other infinity. */
function signed(operator: string | undefined, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return operator === '-' ? -value : operator === '+' ? value : undefined;
}

function plainValue(node: Node): number | undefined {
  const fields = node as Fields;
  if (node.type === 'Literal') return typeof fields.value === 'number' ? fields.value : undefined;
  if (node.type !== 'MemberExpression' || fields.computed === true || fields.object?.name !== 'Math') return undefined;
  return MATH_NUMBERS.get(fields.property?.name ?? '');
}

/** The number that a literal or a number of Math stands for, with or without a sign. */
export function literalValue(node: Node): number | undefined {
  const { operator, argument } = node as Fields;
  // One sign only: looking through many at each of them would take quadratic time.
  return node.type === 'UnaryExpression' && argument !== undefined
    ? signed(operator, plainValue(argument))
    : plainValue(node);
}

const FOLD_DEPTH = 8;

/** The value of a small arithmetic expression of literals alone, such as `1 / 3`. */
export function foldLiterals(node: Node, depth: number = FOLD_DEPTH): number | undefined {
  const { operator, argument, left, right } = node as Fields;
  if (depth === 0) return undefined;
  if (node.type === 'BinaryExpression' && left !== undefined && right !== undefined) {
    const op = BINARY.get(operator ?? '');
    if (op === undefined || OPERATIONS[op].kind !== 'arithmetic') return undefined;
    const a = foldLiterals(left, depth - 1);
    const b = a === undefined ? undefined : foldLiterals(right, depth - 1);
    return a === undefined || b === undefined ? undefined : OPERATIONS[op].evaluate([a, b]);
  }
  if (node.type === 'UnaryExpression' && argument !== undefined) {
    return signed(operator, foldLiterals(argument, depth - 1));
  }
  return plainValue(node);
}
