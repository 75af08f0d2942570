import { readLineage } from '../app/index.ts';
import { csvText, formatPercent, type LineageStep } from '../report/index.ts';
import { changeText } from './change-text.ts';
import { colours } from './colours.ts';
import { runAndProgramOf } from './find-run.ts';
import { print, printJson } from './output.ts';

/** `evolve lineage [RUN] [PROGRAM]`. */
export async function lineageCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly json: boolean; readonly csv: boolean },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const steps = readLineage(run, id);
  if (options.json) return printJson(steps);
  if (options.csv) {
    return print(
      csvText(
        ['program', 'generation', 'operator', 'mutation', 'parents', 'error', 'validationError', 'reason'],
        steps.map((step) => [
          step.id,
          step.generation,
          step.operator,
          step.mutation,
          step.parents.join(' '),
          step.error,
          step.validationError,
          step.reason,
        ]),
      ),
    );
  }
  print(steps.map(stepText).join('\n\n'));
}

function stepText(step: LineageStep, at: number): string {
  const { bold, dim } = colours();
  const others = step.parents.slice(1);
  const how =
    step.operator === 'seed'
      ? `seed program ${step.mutation}`
      : `${step.operator}:${step.mutation}, generation ${step.generation}${others.length > 0 ? `, with ${others.join(', ')}` : ''}`;
  const head = `${at + 1}. ${bold(step.id)}  ${how}: error ${formatPercent(step.error)} %, validation ${formatPercent(step.validationError)} %`;
  return [
    head,
    ...(step.reason === '' ? [] : [indented(dim(step.reason))]),
    ...(step.change.length === 0 ? [] : [indented(changeText(step.change))]),
  ].join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `   ${line}`)
    .join('\n');
}
