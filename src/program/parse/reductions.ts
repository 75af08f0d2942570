import type * as acorn from 'acorn';
import type { RequestTable } from '../feature-table.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { makeReduction, type Reduction } from '../reductions/reduction.ts';
import { isReductionName, REDUCTION_NAMES, type ReductionName } from '../reductions/reduction-op.ts';
import { ExpressionCompiler, type NameResolver, type Value } from './expressions.ts';
import { isReserved } from './module.ts';
import type { Report } from './report.ts';
import { closest } from './suggest.ts';

/** What stands around a reduction in the text. */
export interface Surroundings {
  /** Names of the parameters of the program. */
  readonly batch: string;
  readonly constants: string | undefined;
  /** What may be read of a request: undefined where the data does not have their state, `any` where no data is known. */
  readonly requests: RequestTable | 'any' | undefined;
}

/** Whether a call is one of a method of the batch, such as `batch.sum(…)`. */
export function isBatchCall({ callee }: acorn.CallExpression, batch: string): boolean {
  return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === batch;
}

function example(batch: string, over: string): string {
  return `write ${batch}.${over}((r) => r.newTokens * r.context)`;
}

/**
 * Reads `batch.sum((r) => …)` or `batch.max((r) => …)`, whose function has one parameter and one expression over its fields and
 * numbers. Nothing of the program may stand inside. A constant above all: the values of a reduction are a column that is made
 * once, before anything is fitted, and with a constant in it they would have to be made anew at each step of each fit. What is
 * linear in a constant can be written outside.
 *
 * @returns undefined where something is wrong (reported).
 */
export function readReduction(node: acorn.CallExpression, around: Surroundings, report: Report): Reduction | undefined {
  const { batch, requests } = around;
  const { property, computed, optional } = node.callee as acorn.MemberExpression;
  const over = property.type === 'Identifier' && !computed ? property.name : '';
  const all = REDUCTION_NAMES.map((name) => `${batch}.${name}`).join(' and ');
  if (!isReductionName(over) || optional || node.optional) {
    const message = `\`${report.excerpt(node.callee)}\` cannot be called: of the batch only ${all} can`;
    return refuse(report, node, 'call', message, example(batch, isReductionName(over) ? over : 'sum'));
  }
  if (requests === undefined) {
    const message = `the data does not have the state of each request, which ${batch}.${over} needs`;
    return refuse(report, node, 'unknown-feature', message, 'read features of the whole batch instead');
  }
  const body = bodyOf(node, over, around, report);
  if (body === undefined) return undefined;
  const builder = new GraphBuilder();
  const names = new RequestNames(body.request, builder, { ...around, requests }, report);
  const value = new ExpressionCompiler(builder, report, names).number(body.expression);
  if (value.type === 'error') return undefined;
  try {
    return makeReduction(over, builder.build([value.node]));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(report, node, 'too-large', error.message, 'write a much smaller body');
  }
}

interface Body {
  readonly request: string;
  readonly expression: acorn.Expression;
}

function bodyOf(
  node: acorn.CallExpression,
  over: ReductionName,
  { batch }: Surroundings,
  report: Report,
): Body | undefined {
  const mend = example(batch, over);
  const [body] = node.arguments;
  if (body === undefined || node.arguments.length > 1) {
    const message = `${batch}.${over} takes one function, ${node.arguments.length} arguments given`;
    return refuse(report, node, 'argument-count', message, mend);
  }
  if (body.type !== 'ArrowFunctionExpression') {
    return refuse(report, body, 'reduction', `${batch}.${over} takes an arrow function of one request`, mend);
  }
  if (body.async) return refuse(report, body, 'async', 'programs cannot wait', mend);
  const [request] = body.params;
  if (body.params.length !== 1 || request?.type !== 'Identifier' || request.name === 'Math') {
    return refuse(report, body, 'reduction', 'the function takes one request, by a plain name', mend);
  }
  if (body.body.type === 'BlockStatement') {
    const message = 'the function is one expression, without braces';
    return refuse(report, body.body, 'reduction', message, mend);
  }
  return { request: request.name, expression: body.body };
}

function refuse(report: Report, node: acorn.Node, code: string, message: string, mend: string): undefined {
  report.add(node.start, code, message, mend);
}

/** Names inside a reduction: the fields of the request, and nothing else. */
class RequestNames implements NameResolver {
  readonly #request: string;
  readonly #builder: GraphBuilder;
  readonly #around: Surroundings & { readonly requests: RequestTable | 'any' };
  readonly #report: Report;

  constructor(
    request: string,
    builder: GraphBuilder,
    around: Surroundings & { readonly requests: RequestTable | 'any' },
    report: Report,
  ) {
    this.#request = request;
    this.#builder = builder;
    this.#around = around;
    this.#report = report;
  }

  /** Numbers stay what they are: nothing inside is fitted. */
  number(value: number): number {
    return this.#builder.number(value);
  }

  identifier(node: acorn.Identifier): Value | undefined {
    const isRequest = node.name === this.#request;
    const message = isRequest ? `${node.name} is a request` : `${node.name} stands outside of the function`;
    const mend = isRequest
      ? `read one of its fields: ${node.name}.context`
      : `${this.#outside()}, or write it in place`;
    return refuse(this.#report, node, isRequest ? 'reduction' : 'outer-name', message, mend);
  }

  member(node: acorn.MemberExpression): Value | undefined {
    const { batch, constants } = this.#around;
    const object = node.object.type === 'Identifier' ? node.object.name : undefined;
    if (object === this.#request) return this.#field(node);
    const text = this.#report.excerpt(node);
    if (object !== undefined && object === constants) {
      const message = `the constant ${text} stands inside a function of requests`;
      return refuse(this.#report, node, 'constant-in-reduction', message, this.#outside());
    }
    if (object === batch) {
      const message = `\`${text}\` is of the whole batch, not of a request`;
      return refuse(this.#report, node, 'feature-in-reduction', message, this.#outside());
    }
    const message = `\`${text}\` is no field of the request`;
    return refuse(this.#report, node, 'member', message, `read ${this.#request}.<field>`);
  }

  call(node: acorn.CallExpression): 'refused' | undefined {
    if (this.#request === this.#around.batch || !isBatchCall(node, this.#around.batch)) return undefined;
    const message = 'a function of requests cannot hold another one';
    refuse(this.#report, node, 'nested-reduction', message, this.#outside());
    return 'refused';
  }

  #field(node: acorn.MemberExpression): Value | undefined {
    const { requests } = this.#around;
    const { property, computed } = node;
    if (computed || property.type !== 'Identifier') {
      const mend = `write ${this.#request}. and a name`;
      return refuse(this.#report, node, 'computed-member', 'brackets are not part of the language', mend);
    }
    const { name } = property;
    const fields = requests === 'any' ? undefined : requests.fields.map((field) => field.name);
    if (fields === undefined ? !isReserved(name) : fields.includes(name)) {
      return { node: this.#builder.feature(name), type: 'number' };
    }
    const near = closest(name, fields ?? []);
    const mend =
      near === undefined
        ? `read one of ${(fields ?? ['context']).map((field) => `${this.#request}.${field}`).join(', ')}`
        : `did you mean ${this.#request}.${near}?`;
    return refuse(this.#report, property, 'unknown-field', `a request has no ${name}`, mend);
  }

  #outside(): string {
    const { batch, constants = 'c' } = this.#around;
    return `join it with the result outside: ${constants}.<constant> * ${batch}.sum((r) => …)`;
  }
}
