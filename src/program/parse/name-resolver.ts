import type * as acorn from 'acorn';
import type { FeatureTable, RequestTable } from '../feature-table.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { ConstantSpec } from '../ir.ts';
import { isReductionName } from '../reductions/reduction-op.ts';
import { isSmallInteger } from '../rewrite.ts';
import type { NameResolver, Value } from './expressions.ts';
import { CONSTANTS_NAME } from '../names.ts';
import { isReserved, type ModuleParts } from './module.ts';
import { isBatchCall, readReduction } from './reductions.ts';
import type { Report } from './report.ts';
import { closest } from './suggest.ts';

/** Global names of JavaScript that look like numbers; no step takes such a time. */
const NOT_NUMBERS: ReadonlySet<string> = new Set(['NaN', 'Infinity', 'undefined']);

/** Names that cannot be declared in a module, or that would mislead as a local. */
function isTaken(name: string): boolean {
  return isReserved(name) || name === 'arguments' || name === 'eval';
}

/** What the statements know of locals. */
export interface Locals {
  lookup(node: acorn.Identifier): Value | undefined | 'unassigned';
  names(): readonly string[];
}

/** Resolves names in the body of `predictStepTime`: locals, features of the batch, constants; lifts numbers to constants. */
export class ProgramNames implements NameResolver {
  readonly #builder: GraphBuilder;
  readonly #report: Report;
  readonly #parts: ModuleParts;
  readonly #features: ReadonlySet<string> | undefined;
  readonly #requests: RequestTable | 'any' | undefined;
  readonly #constants: ReadonlySet<string>;
  readonly #lifted: ConstantSpec[] = [];
  #locals: Locals | undefined;

  /** @param features undefined where any feature name may stand */
  constructor(builder: GraphBuilder, report: Report, parts: ModuleParts, features: FeatureTable | undefined) {
    this.#builder = builder;
    this.#report = report;
    this.#parts = parts;
    this.#features = features && new Set(features.map((feature) => feature.name));
    this.#requests = features === undefined ? 'any' : features.requests;
    this.#constants = new Set(parts.constants.map((constant) => constant.name));
  }

  /** Locals are known only once the statements are; the two need each other. */
  attach(locals: Locals): void {
    this.#locals = locals;
  }

  /** Constants that numbers in the text became, in the order of the text. */
  get lifted(): readonly ConstantSpec[] {
    return this.#lifted;
  }

  number(value: number): number {
    if (isSmallInteger(value)) return this.#builder.number(value);
    let index = this.#lifted.length + 1;
    while (this.#constants.has(`k${index}`) || this.#lifted.some(({ name }) => name === `k${index}`)) index++;
    const name = `k${index}`;
    this.#lifted.push({ name, start: value });
    return this.#builder.constant(name);
  }

  identifier(node: acorn.Identifier): Value | undefined {
    const { name } = node;
    const local = this.#locals?.lookup(node);
    if (local === 'unassigned') {
      const mend = `give it a start value: let ${name} = 0`;
      this.#report.add(node.start, 'unassigned', `${name} has no value on every path to here`, mend);
      return undefined;
    }
    if (local !== undefined) return local;
    this.#report.add(node.start, 'unknown-name', `there is no ${name} here`, this.#nameMend(name));
    return undefined;
  }

  member(node: acorn.MemberExpression): Value | undefined {
    const { batch, constantsParameter: c } = this.#parts;
    const object = node.object.type === 'Identifier' ? node.object.name : undefined;
    if (object !== undefined && (object === batch || object === c)) {
      if (node.computed) return this.#computed(node, object);
      if (node.property.type === 'Identifier') {
        return object === batch ? this.#feature(node.property) : this.#constant(node.property);
      }
    }
    const text = this.#report.excerpt(node);
    const mend =
      object === CONSTANTS_NAME && node.property.type === 'Identifier'
        ? `write ${c ?? 'c'}.${node.property.name}, with ${c ?? 'c'} as the second parameter`
        : `read ${batch}.<feature> or ${c ?? 'c'}.<constant>`;
    this.#report.add(node.start, 'member', `\`${text}\` is neither a feature nor a constant`, mend);
    return undefined;
  }

  call(node: acorn.CallExpression): Value | 'refused' | undefined {
    const { batch, constantsParameter: constants } = this.#parts;
    if (!isBatchCall(node, batch)) return undefined;
    const reduction = readReduction(node, { batch, constants, requests: this.#requests }, this.#report);
    return reduction === undefined ? 'refused' : { node: this.#builder.feature(reduction.name), type: 'number' };
  }

  #computed(node: acorn.MemberExpression, object: string): undefined {
    const key = node.property.type === 'Literal' ? node.property.value : undefined;
    const mend = typeof key === 'string' ? `write ${object}.${key.slice(0, 64)}` : `write ${object}. and a name`;
    this.#report.add(node.start, 'computed-member', 'brackets are not part of the language', mend);
  }

  #feature(property: acorn.Identifier): Value | undefined {
    const { name } = property;
    const known = this.#features;
    if (isReductionName(name)) {
      const called = `${this.#parts.batch}.${name}`;
      this.#report.add(property.start, 'function', `${called} is a function`, `call it: ${called}((r) => …)`);
      return undefined;
    }
    if (known === undefined ? !isReserved(name) : known.has(name)) {
      return { node: this.#builder.feature(name), type: 'number' };
    }
    const near = closest(name, [...(known ?? [])]);
    const { batch } = this.#parts;
    const mend =
      near === undefined
        ? `read one of the features of the data: ${batch}.<feature>`
        : `did you mean ${batch}.${near}?`;
    this.#report.add(property.start, 'unknown-feature', `there is no feature ${name}`, mend);
    return undefined;
  }

  #constant(property: acorn.Identifier): Value | undefined {
    const { name } = property;
    if (this.#constants.has(name)) return { node: this.#builder.constant(name), type: 'number' };
    if (isReserved(name)) {
      this.#report.add(property.start, 'reserved-name', `the name ${name} is taken`, 'choose another name');
      return undefined;
    }
    const near = closest(name, [...this.#constants]);
    const declare = `declare it: export const ${CONSTANTS_NAME} = { ${name}: 1, … }`;
    const mend =
      near === undefined ? declare : `did you mean ${this.#parts.constantsParameter ?? 'c'}.${near}? Or ${declare}`;
    this.#report.add(property.start, 'unknown-constant', `there is no constant ${name}`, mend);
    return undefined;
  }

  #nameMend(name: string): string {
    const { batch, constantsParameter: c = 'c' } = this.#parts;
    if (name === batch) return `read one of its features: ${batch}.<feature>`;
    if (name === c) return `read one of the constants: ${c}.<constant>`;
    if (this.#features?.has(name)) return `write ${batch}.${name}`;
    if (this.#constants.has(name)) return `write ${c}.${name}`;
    if (NOT_NUMBERS.has(name)) return 'return a number above 0 in every case';
    const near = closest(name, this.#locals?.names() ?? []);
    if (near !== undefined) return `did you mean ${near}?`;
    return isTaken(name)
      ? `read ${batch}.<feature>, ${c}.<constant> or a const of another name`
      : `declare it by const ${name} before`;
  }
}
