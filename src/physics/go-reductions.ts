import { fieldsOf, printGo, REDUCTIONS, reductionOf } from '../program/index.ts';
import type { GoAccessor } from './go-accessor.ts';
import { requestField } from './request-fields.ts';

/** Go of the reductions over requests that a program reads. */
export interface GoReductions {
  /** The variable of each, by its name as a feature. */
  readonly variables: Readonly<Record<string, string>>;
  readonly before: readonly string[];
  /** The fields that they read, declared at the start of the loop; what becomes of them while a request prefills. */
  readonly fields: readonly string[];
  readonly whilePrefill: readonly string[];
  readonly inside: readonly string[];
  readonly after: readonly string[];
  readonly helpers: readonly string[];
  readonly usesMath: boolean;
}

/** @throws RangeError where a request has no field that a reduction reads. */
export function goReductions(names: readonly string[], accessor: GoAccessor): GoReductions {
  const reductions = names.flatMap((name) => reductionOf(name) ?? []);
  const fields = [...new Set(reductions.flatMap(fieldsOf))].map(requestField);
  const feature = Object.fromEntries(fields.map(({ name }) => [name, name]));
  const printed = reductions.map(({ name, over, body }, at) => {
    const variable = `${over}${at + 1}`;
    const { statements, results, helpers, usesMath } = printGo(body, {
      feature,
      constant: {},
      localPrefix: `${variable}T`,
    });
    const { before, inside, after } = REDUCTIONS[over].go;
    return {
      name,
      variable,
      before: before(variable),
      inside: [...statements, inside(variable, results[0]!)],
      after: after(variable),
      helpers,
      usesMath,
    };
  });
  const lines = (part: 'before' | 'inside' | 'after' | 'helpers'): readonly string[] =>
    printed.flatMap((each) => each[part]);
  return {
    variables: Object.fromEntries(printed.map(({ name, variable }) => [name, variable])),
    before: lines('before'),
    fields: fields.map(({ name, go }) => `${name} := ${go(accessor)}`),
    whilePrefill: fields.flatMap(({ name, whilePrefill }) =>
      whilePrefill === undefined ? [] : [`${name} = ${whilePrefill}`],
    ),
    inside: lines('inside'),
    after: lines('after'),
    helpers: lines('helpers'),
    usesMath: printed.some((each) => each.usesMath || each.before.some((line) => line.includes('math.'))),
  };
}
