import { printGo, type Program, reductionOf } from '../../program/index.ts';
import { featuresRead } from './predict.ts';
import { spacedBody } from './spacing.ts';
import { goNames } from './text.ts';

/**
 * The formula of a program as one Go function, for people to read: features and constants are fields of `batch` and `c`,
 * reductions over requests among them, and the helpers that it calls follow. A package that compiles on its own comes from `exportGo`.
 */
export function printGoFunction(program: Program): string {
  const names = featuresRead(program);
  const reductions = names.flatMap((name) => reductionOf(name) ?? []);
  const fieldOf = new Map(reductions.map(({ name, over }, at) => [name, `${over}${at + 1}`]));
  const fields = goNames(program.constants.map(({ name }) => name));
  const { statements, results, helpers } = spacedBody(
    printGo(program.graph, {
      feature: Object.fromEntries(names.map((name) => [name, `batch.${fieldOf.get(name) ?? name}`])),
      constant: Object.fromEntries(program.constants.map(({ name }, i) => [name, `c.${fields[i]}`])),
    }),
  );
  return [
    ...reductions.map(({ name }) => `// batch.${fieldOf.get(name)} is ${name}.`),
    'func predictStepTime(batch features, c constants) float64 {',
    ...[...statements, `return ${results[0]}`].map((line) => `\t${line}`),
    '}',
    ...helpers.flatMap((helper) => ['', helper.trimEnd()]),
    '',
  ].join('\n');
}
