import type * as acorn from 'acorn';
import type { GraphBuilder } from '../graph-builder.ts';
import { givesBoolean } from '../operation.ts';
import { OPERATIONS, type OpName } from '../operations.ts';
import { MATH_MENDS, OPERATOR_MENDS, refusalOf, STRING_REFUSAL } from './forbidden.ts';
import { foldLiterals, literalValue } from './literals.ts';
import { type Report, Stop } from './report.ts';
import { BINARY, FUNCTIONS, LOGICAL, UNARY } from './signs.ts';
import { closest } from './suggest.ts';

/** A compiled expression. `error` has been reported already and agrees with everything, so that one slip gives one finding. */
export interface Value {
  readonly node: number;
  readonly type: 'number' | 'boolean' | 'error';
}

/** Where names and numbers come from; it differs between programs and bare formulas. */
export interface NameResolver {
  /** Reports and returns undefined where the name means nothing. */
  identifier(node: acorn.Identifier): Value | undefined;
  /** `object.property` other than Math. */
  member(node: acorn.MemberExpression): Value | undefined;
  number(value: number): number;
  /** A call of what is no function of Math: undefined where the name does not know it, `refused` where it was reported. */
  call?(node: acorn.CallExpression): Value | 'refused' | undefined;
}

const NODE_LIMIT = 4096;

/** Compiles expressions into a graph, reporting what the language does not have. */
export class ExpressionCompiler {
  readonly #builder: GraphBuilder;
  readonly #report: Report;
  readonly #names: NameResolver;

  constructor(builder: GraphBuilder, report: Report, names: NameResolver) {
    this.#builder = builder;
    this.#report = report;
    this.#names = names;
  }

  number(node: acorn.Node): Value {
    const value = this.value(node);
    if (value.type !== 'boolean') return value;
    const text = this.#report.excerpt(node);
    return this.#refuse(
      node,
      'number-type',
      `a number is needed here, \`${text}\` is a condition`,
      `write \`${text} ? 1 : 0\``,
    );
  }

  condition(node: acorn.Node): Value {
    const value = this.value(node);
    if (value.type !== 'number') return value;
    const text = this.#report.excerpt(node);
    return this.#refuse(
      node,
      'condition-type',
      `a condition is needed here, \`${text}\` is a number`,
      `compare it: \`${text} > 0\``,
    );
  }

  /** A number or a condition. */
  value(node: acorn.Node): Value {
    const literal = literalValue(node);
    if (literal !== undefined) return this.#literal(node, literal);
    const expression = node as acorn.Expression;
    if (expression.type === 'Literal') return this.#notANumber(expression);
    if (expression.type === 'Identifier') return this.#names.identifier(expression) ?? this.#error();
    if (expression.type === 'MemberExpression') return this.#member(expression);
    if (expression.type === 'BinaryExpression') return this.#binary(expression);
    if (expression.type === 'LogicalExpression') return this.#logical(expression);
    if (expression.type === 'UnaryExpression') return this.#unary(expression);
    if (expression.type === 'ConditionalExpression') return this.#conditional(expression);
    if (expression.type === 'CallExpression') return this.#call(expression);
    if (expression.type === 'ParenthesizedExpression') return this.value(expression.expression);
    const { code, message, mend } = refusalOf(node.type);
    return this.#refuse(node, code, message, mend);
  }

  /** An argument that is a number. */
  argument(op: OpName, at: number, node: acorn.Node): Value {
    const value = OPERATIONS[op].numberAt === at ? foldLiterals(node) : undefined;
    if (value === undefined || !Number.isFinite(value)) return this.number(node);
    return { node: this.#builder.number(value), type: 'number' };
  }

  /** The operation on numbers or conditions that were compiled already. */
  emit(op: OpName, ...args: readonly Value[]): Value {
    if (args.some((arg) => arg.type === 'error')) return this.#error();
    const { arity, kind, evaluate } = OPERATIONS[op];
    const literal = arity === 1 && kind === 'arithmetic' ? this.#builder.literal(args[0]?.node ?? -1) : undefined;
    // A signed number is a number, however it was written.
    if (literal !== undefined) return { node: this.#builder.number(evaluate([literal])), type: 'number' };
    const node = this.#builder.op(op, ...args.map((arg) => arg.node));
    if (this.#builder.size > NODE_LIMIT) {
      this.#report.add(
        0,
        'too-large',
        `the program has more than ${NODE_LIMIT} operations`,
        'write a much smaller program',
      );
      throw new Stop();
    }
    return { node, type: givesBoolean(kind) ? 'boolean' : 'number' };
  }

  /** Chooses between two values of one type; conditions are chosen by logic, so that `select` always gives a number. */
  choose(at: acorn.Node, condition: Value, yes: Value, no: Value): Value {
    if (condition.type === 'error' || yes.type === 'error' || no.type === 'error') return this.#error();
    if (yes.node === no.node) return yes;
    if (yes.type !== no.type) {
      const mend = 'make both sides numbers: write `condition ? 1 : 0` for a condition';
      return this.#refuse(at, 'mixed-types', 'one branch gives a number, the other one a condition', mend);
    }
    if (yes.type === 'number') return this.emit('select', condition, yes, no);
    return this.emit('or', this.emit('and', condition, yes), this.emit('and', this.emit('not', condition), no));
  }

  #error(): Value {
    return { node: this.#builder.number(0), type: 'error' };
  }

  #refuse(node: acorn.Node, code: string, message: string, mend: string): Value {
    this.#report.add(node.start, code, message, mend);
    return this.#error();
  }

  #literal(node: acorn.Node, value: number): Value {
    if (Number.isFinite(value)) return { node: this.#names.number(value), type: 'number' };
    return this.#refuse(node, 'number-range', 'this number is too large', 'write a number below 1e308');
  }

  #notANumber(node: acorn.Literal): Value {
    if (typeof node.value === 'bigint') {
      return this.#refuse(node, 'number-type', 'BigInt is not part of the language', 'drop the n');
    }
    if (typeof node.value === 'boolean') {
      const mend = 'compare two numbers instead, or drop the branch that is never taken';
      return this.#refuse(node, 'literal', 'true and false are not part of the language', mend);
    }
    return this.#refuse(node, STRING_REFUSAL.code, STRING_REFUSAL.message, STRING_REFUSAL.mend);
  }

  #binary(node: acorn.BinaryExpression): Value {
    const op = BINARY.get(node.operator);
    if (op === undefined) {
      const mend = OPERATOR_MENDS.get(node.operator) ?? 'use + - * / **, comparisons, && || !';
      return this.#refuse(node, 'operator', `the operator ${node.operator} is not part of the language`, mend);
    }
    return this.emit(op, this.argument(op, 0, node.left), this.argument(op, 1, node.right));
  }

  #logical(node: acorn.LogicalExpression): Value {
    const op = LOGICAL.get(node.operator);
    if (op === undefined) {
      const mend = OPERATOR_MENDS.get(node.operator) ?? 'use && and ||';
      return this.#refuse(node, 'operator', `the operator ${node.operator} is not part of the language`, mend);
    }
    return this.emit(op, this.condition(node.left), this.condition(node.right));
  }

  #unary(node: acorn.UnaryExpression): Value {
    if (node.operator === '+') return this.number(node.argument);
    const op = UNARY.get(node.operator);
    if (op !== undefined) {
      const isLogical = OPERATIONS[op].kind === 'logical';
      return this.emit(op, isLogical ? this.condition(node.argument) : this.number(node.argument));
    }
    const message = `the operator ${node.operator} is not part of the language`;
    return this.#refuse(node, 'operator', message, 'use - and ! only');
  }

  #conditional(node: acorn.ConditionalExpression): Value {
    return this.choose(node, this.condition(node.test), this.value(node.consequent), this.value(node.alternate));
  }

  #member(node: acorn.MemberExpression): Value {
    if (node.object.type !== 'Identifier' || node.object.name !== 'Math' || node.computed) {
      return this.#names.member(node) ?? this.#error();
    }
    const name = this.#report.excerpt(node.property);
    if (FUNCTIONS.has(name)) {
      return this.#refuse(node, 'function', `Math.${name} is a function`, `call it: Math.${name}(…)`);
    }
    return this.#unknownFunction(node, name);
  }

  #unknownFunction(node: acorn.Node, name: string): Value {
    const known = [...FUNCTIONS.keys()];
    const near = closest(name, known);
    const mend =
      MATH_MENDS.get(name) ?? (near === undefined ? `use one of ${known.join(', ')}` : `did you mean Math.${near}?`);
    return this.#refuse(node, 'unknown-function', `Math.${name} is not part of the language`, mend);
  }

  #call(node: acorn.CallExpression): Value {
    const own = this.#names.call?.(node);
    if (own !== undefined) return own === 'refused' ? this.#error() : own;
    const { callee } = node;
    const ofMath =
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      callee.object.type === 'Identifier' &&
      callee.object.name === 'Math';
    if (!ofMath || node.optional) {
      const text = this.#report.excerpt(callee);
      const mend = text.startsWith('Math.') ? 'write a plain call' : this.#callMend(text);
      return this.#refuse(node, 'call', `\`${text}\` cannot be called: only functions of Math can`, mend);
    }
    const name = this.#report.excerpt(callee.property);
    const op = FUNCTIONS.get(name);
    if (op === undefined) return this.#unknownFunction(node, name);
    const args = node.arguments.map((arg, i) => this.argument(op, i, arg));
    if (args.some((arg) => arg.type === 'error')) return this.#error();
    const { arity } = OPERATIONS[op];
    if (arity === 'many' ? args.length < 2 : args.length !== arity) {
      const wanted = arity === 'many' ? 'two or more arguments' : arity === 1 ? 'one argument' : `${arity} arguments`;
      const given = `Math.${name} takes ${wanted}, ${args.length} given`;
      return this.#refuse(node, 'argument-count', given, `write Math.${name} with ${wanted}`);
    }
    return this.emit(op, ...args);
  }

  #callMend(text: string): string {
    return FUNCTIONS.has(text) ? `write Math.${text}(…)` : refusalOf('CallExpression').mend;
  }
}
