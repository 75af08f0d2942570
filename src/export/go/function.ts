import { printGo, type Program } from '../../program/index.ts';
import { featuresRead } from './predict.ts';
import { spacedBody } from './spacing.ts';
import { goNames } from './text.ts';

/**
 * The formula of a program as one Go function, for people to read: features and constants are fields of `batch` and `c`,
 * and the helpers that it calls follow. A package that compiles on its own comes from `exportGo`.
 */
export function printGoFunction(program: Program): string {
  const fields = goNames(program.constants.map(({ name }) => name));
  const { statements, results, helpers } = spacedBody(
    printGo(program.graph, {
      feature: Object.fromEntries(featuresRead(program).map((name) => [name, `batch.${name}`])),
      constant: Object.fromEntries(program.constants.map(({ name }, i) => [name, `c.${fields[i]}`])),
    }),
  );
  return [
    'func predictStepTime(batch features, c constants) float64 {',
    ...[...statements, `return ${results[0]}`].map((line) => `\t${line}`),
    '}',
    ...helpers.flatMap((helper) => ['', helper.trimEnd()]),
    '',
  ].join('\n');
}
