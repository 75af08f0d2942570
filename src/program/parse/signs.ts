import { OP_NAMES, OPERATIONS, type OpName } from '../operations.ts';

/** Operations by how a program's text writes them. */
function bySign(
  isWanted: (op: OpName) => boolean,
  signOf = (symbol: string): string => symbol,
): ReadonlyMap<string, OpName> {
  return new Map(
    OP_NAMES.filter(isWanted).flatMap((op) => OPERATIONS[op].symbols.map((symbol) => [signOf(symbol), op] as const)),
  );
}

function takesTwo(op: OpName): boolean {
  return OPERATIONS[op].arity === 2;
}
function isLogical(op: OpName): boolean {
  return OPERATIONS[op].kind === 'logical';
}

/** Between two numbers. */
export const BINARY: ReadonlyMap<string, OpName> = bySign((op) => takesTwo(op) && !isLogical(op));
/** Between two conditions. */
export const LOGICAL: ReadonlyMap<string, OpName> = bySign((op) => takesTwo(op) && isLogical(op));
/** Before a number or a condition. */
export const UNARY: ReadonlyMap<string, OpName> = bySign((op) => OPERATIONS[op].arity === 1);
/** Assignments that compute: `+=` and so on. */
export const COMPOUND: ReadonlyMap<string, OpName> = bySign(
  (op) => takesTwo(op) && OPERATIONS[op].kind === 'arithmetic',
  (symbol) => `${symbol}=`,
);
/** Functions of Math. */
export const FUNCTIONS: ReadonlyMap<string, OpName> = new Map(
  OP_NAMES.filter((op) => OPERATIONS[op].isMathFunction).map((op) => [op, op]),
);
