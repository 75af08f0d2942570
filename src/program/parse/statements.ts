import type * as acorn from 'acorn';
import type { OpName } from '../operations.ts';
import { type Binding, Block, Environment } from './environment.ts';
import type { ExpressionCompiler, Value } from './expressions.ts';
import { refusalOf } from './forbidden.ts';
import type { Report } from './report.ts';
import { COMPOUND } from './signs.ts';

/** A return that happens where its condition holds and no earlier one did. */
interface Guard {
  readonly condition: Value;
  readonly value: Value;
}

/** What a statement does: early returns in order, and the value where it returns in every case that is left. */
interface Outcome {
  readonly guards: readonly Guard[];
  readonly final: Value | undefined;
}

const FALLS_THROUGH: Outcome = { guards: [], final: undefined };

/**
 * Turns statements into one expression. Control flow is followed symbolically: both sides of an `if` are compiled, each on
 * its own layer of the environment, then merged by `select`. Nothing is duplicated, so the work is linear in the text.
 */
export class StatementCompiler {
  readonly #expressions: ExpressionCompiler;
  readonly #report: Report;
  readonly #reserved: ReadonlySet<string>;
  #block = new Block();
  #environment = new Environment();

  /** @param reserved names that locals may not take: the parameters, Math */
  constructor(expressions: ExpressionCompiler, report: Report, reserved: ReadonlySet<string>) {
    this.#expressions = expressions;
    this.#report = report;
    this.#reserved = reserved;
  }

  /** The value of the function, or undefined where it has none (reported). */
  run(body: acorn.BlockStatement): Value | undefined {
    const outcome = this.#statements(body.body);
    if (outcome.final === undefined) {
      this.#report.add(body.end - 1, 'return', 'not every path returns a number', 'end predictStepTime with a return');
      return undefined;
    }
    return this.#fold(body, outcome.guards, outcome.final);
  }

  /** Value of a local; undefined where there is none of that name. */
  lookup(node: acorn.Identifier): Value | undefined | 'unassigned' {
    const binding = this.#block.find(node.name);
    return binding === undefined ? undefined : (this.#environment.get(binding) ?? 'unassigned');
  }

  names(): readonly string[] {
    return this.#block.names();
  }

  #statements(statements: readonly acorn.Node[]): Outcome {
    const guards: Guard[] = [];
    let final: Value | undefined;
    for (const statement of statements) {
      const outcome = this.#statement(statement);
      // What follows a return is checked like everything else, and has no effect.
      if (final !== undefined) continue;
      guards.push(...outcome.guards);
      final = outcome.final;
    }
    return { guards, final };
  }

  #statement(node: acorn.Node): Outcome {
    const statement = node as acorn.Statement;
    if (statement.type === 'ReturnStatement') return this.#return(statement);
    if (statement.type === 'IfStatement') return this.#if(statement);
    if (statement.type === 'BlockStatement') return this.#scoped(() => this.#statements(statement.body));
    if (statement.type === 'VariableDeclaration') this.#declaration(statement);
    else if (statement.type === 'ExpressionStatement') this.#expression(statement);
    else if (statement.type !== 'EmptyStatement') this.#refuse(statement);
    return FALLS_THROUGH;
  }

  #refuse(node: acorn.Node): void {
    const { code, message, mend } = refusalOf(node.type);
    this.#report.add(node.start, code, message, mend);
  }

  #return(node: acorn.ReturnStatement): Outcome {
    if (node.argument) return { guards: [], final: this.#expressions.number(node.argument) };
    this.#report.add(node.start, 'return', 'this return gives no number', 'write return followed by the time in µs');
    return FALLS_THROUGH;
  }

  #scoped<T>(work: () => T): T {
    const outer = this.#block;
    this.#block = new Block(outer);
    const result = work();
    this.#block = outer;
    return result;
  }

  #branch(node: acorn.Statement | null | undefined): { outcome: Outcome; environment: Environment } {
    const outer = this.#environment;
    const environment = new Environment(outer);
    this.#environment = environment;
    const outcome = node ? this.#scoped(() => this.#statement(node)) : FALLS_THROUGH;
    this.#environment = outer;
    return { outcome, environment };
  }

  #if(node: acorn.IfStatement): Outcome {
    const condition = this.#expressions.condition(node.test);
    const opposite = (): Value => this.#expressions.emit('not', condition);
    const yes = this.#branch(node.consequent);
    const no = this.#branch(node.alternate);
    const { final: yesFinal, guards: yesGuards } = yes.outcome;
    const { final: noFinal, guards: noGuards } = no.outcome;
    if (yesFinal !== undefined && noFinal !== undefined) {
      const value = this.#fold(node, yesGuards, yesFinal);
      return {
        guards: [],
        final: this.#expressions.choose(node, condition, value, this.#fold(node, noGuards, noFinal)),
      };
    }
    if (yesFinal !== undefined) {
      this.#adopt(no.environment);
      return { guards: [{ condition, value: this.#fold(node, yesGuards, yesFinal) }, ...noGuards], final: undefined };
    }
    if (noFinal !== undefined) {
      this.#adopt(yes.environment);
      const guard = { condition: opposite(), value: this.#fold(node, noGuards, noFinal) };
      return { guards: [guard, ...yesGuards], final: undefined };
    }
    this.#merge(node, condition, yes.environment, no.environment);
    const both = (side: () => Value, guards: readonly Guard[]): readonly Guard[] =>
      guards.map((guard) => ({ ...guard, condition: this.#expressions.emit('and', side(), guard.condition) }));
    return { guards: [...both(() => condition, yesGuards), ...both(opposite, noGuards)], final: undefined };
  }

  #fold(at: acorn.Node, guards: readonly Guard[], final: Value): Value {
    return guards.reduceRight((rest, guard) => this.#expressions.choose(at, guard.condition, guard.value, rest), final);
  }

  #adopt(environment: Environment): void {
    for (const binding of environment.changed()) this.#environment.set(binding, environment.get(binding));
  }

  #merge(at: acorn.Node, condition: Value, yes: Environment, no: Environment): void {
    for (const binding of new Set([...yes.changed(), ...no.changed()])) {
      const [a, b] = [yes.get(binding), no.get(binding)];
      const value = a === undefined || b === undefined ? undefined : this.#expressions.choose(at, condition, a, b);
      this.#environment.set(binding, value);
    }
  }

  #declaration(node: acorn.VariableDeclaration): void {
    if (node.kind !== 'const' && node.kind !== 'let') {
      this.#report.add(node.start, 'declaration', `${node.kind} is not part of the language`, 'write const or let');
    }
    for (const { id, init } of node.declarations) {
      if (id.type !== 'Identifier') {
        const mend = 'write one const for each value, e.g. const tokens = batch.tokens';
        this.#report.add(id.start, 'destructuring', 'destructuring is not part of the language', mend);
        continue;
      }
      if (this.#reserved.has(id.name)) {
        this.#report.add(id.start, 'reserved-name', `the name ${id.name} is taken`, 'choose another name');
      }
      const value = init ? this.#expressions.value(init) : undefined;
      const binding: Binding = { name: id.name, constant: node.kind === 'const' };
      this.#block.declare(binding);
      this.#environment.set(binding, value);
    }
  }

  #expression(node: acorn.ExpressionStatement): void {
    const { expression } = node;
    if (expression.type === 'AssignmentExpression') this.#assignment(expression);
    else if (refusalOf(expression.type).code !== 'unsupported') this.#refuse(expression);
    else this.#report.add(node.start, 'no-effect', 'this statement has no effect', 'delete it, or return its value');
  }

  #right(op: OpName | undefined, node: acorn.Expression): Value {
    if (op === undefined) return this.#expressions.value(node);
    return this.#expressions.argument(op, 1, node);
  }

  #assignment(node: acorn.AssignmentExpression): void {
    const op = COMPOUND.get(node.operator);
    const right = this.#right(op, node.right);
    if (node.left.type !== 'Identifier') {
      this.#report.add(node.left.start, 'assignment', 'only a let can be assigned', 'declare a let and assign to it');
      return;
    }
    const { name } = node.left;
    const binding = this.#block.find(name);
    if (binding === undefined || binding.constant) {
      const message = binding === undefined ? `there is no let named ${name}` : `${name} is a const`;
      this.#report.add(node.left.start, 'assignment', message, `declare it by let ${name}`);
      return;
    }
    if (op === undefined && node.operator !== '=') {
      const message = `the operator ${node.operator} is not part of the language`;
      this.#report.add(node.start, 'operator', message, 'use = += -= *= /=');
      return;
    }
    const value = op === undefined ? right : this.#expressions.emit(op, this.#expressions.number(node.left), right);
    this.#environment.set(binding, value);
  }
}
