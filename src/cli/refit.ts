import { type RefitDocument, refitBlisForm, type RefitOptions } from '../app/index.ts';
import { note, print, printJson } from './output.ts';

interface RefitFlags extends RefitOptions {
  readonly json: boolean;
}

/** `evolve refit --form FORM [--data DIR]`: the section on stdout, how good it is on stderr. */
export async function refitCommand({ json, ...options }: RefitFlags): Promise<void> {
  const document = await refitBlisForm(options);
  if (json) return printJson(document);
  print(document.section.trimEnd());
  note(refitText(document));
}

/** The errors of both sets of constants, one line each. */
export function refitText({ form, rows, data, chosen, shipped, refitted }: RefitDocument): string {
  const percent = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} %`);
  const line = (name: string, { steps, e2e, ttft, itl }: RefitDocument['shipped']): string =>
    `${name.padEnd(9)} steps ${percent(steps)}, E2E ${percent(e2e)}, TTFT ${percent(ttft)}, ITL ${percent(itl)}`;
  return [
    `${form} on ${rows} training rows of ${data.source}; mean errors on validation rows and requests:`,
    line('shipped', shipped),
    line('refitted', refitted),
    ...(chosen === 'shipped' ? ['the shipped constants are the better ones here, and are printed'] : []),
  ].join('\n');
}
